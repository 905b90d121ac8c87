// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.OutgoingRecord;
import dev.streampane.simulation.RecordSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenariosTest {

    private static final long START = 1_795_154_400_000L;

    private final ScenarioBook book = new ScenarioBook(TestConfig.of(Map.of()));

    /** {@code label: milliseconds=hundredths}, with the latitude where the place is not home. */
    private String told(long number) {
        Scenario scenario = book.scenario(number);
        Transaction.Place home = scenario.steps().get(0).place();
        var text = new StringBuilder(scenario.label()).append(':');
        for (Scenario.Step step : scenario.steps()) {
            text.append(' ')
                    .append(step.afterMillis())
                    .append('=')
                    .append(step.amountHundredths())
                    .append(step.place().equals(home) ? "" : "@" + step.place().latitude());
        }
        return text.toString();
    }

    /** Home is at 52.52000 degrees north; 900.5 km/h for 15 minutes are 225.125 km or 2.02459 degrees. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | small-then-large/case/0: 0=100 20000=100000",
                "1 | small-then-large/near-miss/1: 0=101 20000=100000",
                "8 | small-then-large/case/8: 0=50 20000=50000",
                "9 | small-then-large/near-miss/9: 0=50 20000=49999",
                "16 | small-then-large/case/16: 0=50 59999=100000",
                "17 | small-then-large/near-miss/17: 0=50 60000=100000",
                "4 | impossible-travel/case/4: 0=37500 900000=37500@5049541",
                "5 | impossible-travel/near-miss/5: 0=37500 900000=37500@5049765",
                "12 | impossible-travel/case/12: 0=25000 900000=25000@4948479",
                "13 | impossible-travel/near-miss/13: 0=25000 900000=24999@4948479",
                "33 | impossible-travel/near-miss/33: 0=24999 900000=25000@4948479",
                "18 | impossible-travel/case/18: 0=37500 3599999=37500@4037918",
                "19 | impossible-travel/near-miss/19: 0=37500 3600000=37500@4037918",
            })
    void shouldMeetEachThresholdJustSoAndMissItByOneStep(long number, String told) {
        assertThat(told(number)).isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40.7", "-40.7", "0", "80"})
    void shouldSendNobodyOverAPoleAndSoFastAsTheLabelSays(String latitude) {
        var far = new ScenarioBook(
                TestConfig.of(Map.of("tx.locations.latitude", latitude, "tx.scenarios.travel-window", "444m")));

        for (long number = 0; number < 2 * ScenarioBook.ROUND; number++) {
            Scenario scenario = far.scenario(number);
            if (scenario.label().startsWith("impossible-travel")) {
                Scenario.Step first = scenario.steps().get(0);
                Scenario.Step second = scenario.steps().get(1);
                assertThat(Math.abs(second.place().latitude())).isLessThanOrEqualTo(9_000_000);
                int degrees = Math.abs(second.place().latitude() - first.place().latitude());
                double speedKmh = degrees * 1.11195 / second.afterMillis() * 3_600;
                boolean tooSlow = number % ScenarioBook.ROUND == 5;
                assertThat(speedKmh > 900)
                        .as(scenario.label() + ": " + speedKmh)
                        .isNotEqualTo(tooSlow);
            }
        }
    }

    @Test
    void shouldMeetTheThresholdsOfBurstsAndMeansJustSoAndMissThemByOneStep() {
        // Given
        List<Scenario.Step> enough = book.scenario(2).steps();
        List<Scenario.Step> tooFew = book.scenario(3).steps();
        List<Scenario.Step> inside = book.scenario(10).steps();
        List<Scenario.Step> outside = book.scenario(11).steps();
        List<Scenario.Step> overMean = book.scenario(6).steps();
        List<Scenario.Step> atMean = book.scenario(7).steps();
        List<Scenario.Step> aMean = book.scenario(14).steps();
        List<Scenario.Step> noMean = book.scenario(15).steps();

        // Then
        assertThat(enough).hasSize(11).last().matches(step -> step.afterMillis() == 30_000);
        assertThat(tooFew).hasSize(10);
        assertThat(inside).hasSize(11).last().matches(step -> step.afterMillis() == 59_999);
        assertThat(outside).hasSize(11).last().matches(step -> step.afterMillis() == 60_000);
        assertThat(overMean).hasSize(11).last().matches(step -> step.amountHundredths() == 12_001);
        assertThat(atMean).hasSize(11).last().matches(step -> step.amountHundredths() == 12_000);
        assertThat(aMean).hasSize(11).last().matches(step -> step.amountHundredths() == 18_000);
        assertThat(noMean).hasSize(10).last().matches(step -> step.amountHundredths() == 18_000);
        assertThat(overMean.subList(0, 10))
                .allMatch(step -> step.amountHundredths() == 1200)
                .extracting(Scenario.Step::afterMillis)
                .startsWith(0L, 12_000L);
    }

    @Test
    void shouldHaveAsManyNearMissesAsCasesOfEachPattern() {
        // When
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (long number = 0; number < ScenarioBook.ROUND; number++) {
            String label = book.scenario(number).label();
            counts.merge(label.substring(0, label.lastIndexOf('/')), 1, Integer::sum);
        }

        // Then
        assertThat(counts)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "small-then-large/case", 3,
                        "small-then-large/near-miss", 3,
                        "many-transactions/case", 2,
                        "many-transactions/near-miss", 2,
                        "impossible-travel/case", 3,
                        "impossible-travel/near-miss", 3,
                        "unusual-amount/case", 2,
                        "unusual-amount/near-miss", 2));
    }

    @Test
    void shouldPlayScenariosBesideThePopulationAndCutNoneOffAtTheLimit() {
        // Given
        Map<String, String> settings = Map.of("tx.rate", "1", "tx.limit", "400", "tx.scenarios.rate", "2");
        RecordSchedule schedule = TestConfig.schedule(START, settings);
        List<OutgoingRecord> all = new ArrayList<>();

        // When
        while (!schedule.finished()) {
            schedule.next(false, all::add);
        }

        // Then
        List<OutgoingRecord> transactions =
                all.stream().filter(outgoing -> !outgoing.heartbeat()).toList();
        Map<String, List<OutgoingRecord>> played = new LinkedHashMap<>();
        Set<String> clients = new HashSet<>();
        for (OutgoingRecord outgoing : transactions) {
            if (outgoing.headers().get("scenario") != null) {
                played.computeIfAbsent(outgoing.headers().get("scenario"), label -> new ArrayList<>())
                        .add(outgoing);
                clients.add(new String(outgoing.key(), UTF_8));
            }
        }
        assertThat(transactions)
                .extracting(OutgoingRecord::sequence)
                .containsExactlyElementsOf(LongStream.range(0, 400).boxed().toList());
        assertThat(played).hasSizeGreaterThan(8);
        assertThat(clients).hasSameSizeAs(played.keySet()).contains("1795154400005", "1795154430005");
        played.forEach((label, outgoing) -> {
            long number = Long.parseLong(label.substring(label.lastIndexOf('/') + 1));
            assertThat(outgoing).as(label).hasSameSizeAs(book.scenario(number).steps());
        });
    }

    /** A job that has gone on knows what a client has paid, and where it was: a label is true of one that has done nothing yet. */
    @Test
    void shouldPlayWithOtherClientsAfterARestart() {
        // Given
        long restarted = START + 90_001;

        // When
        Set<String> before = players(START, restarted - 1);
        Set<String> after = players(restarted, restarted + 90_000);

        // Then
        assertThat(before)
                .containsExactlyInAnyOrder("1795154400005", "1795154430005", "1795154460005", "1795154490005");
        assertThat(after).hasSize(4).doesNotContainAnyElementsOf(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 200, 400})
    void shouldPublishNoPaymentBeforeItsTime(int limit) {
        Map<String, String> settings =
                Map.of("tx.rate", "1", "tx.limit", Integer.toString(limit), "tx.scenarios.rate", "2");
        RecordSchedule schedule = TestConfig.schedule(START, settings);
        while (!schedule.finished()) {
            String due = "\"ts\":\"" + Instant.ofEpochMilli(schedule.nextDueMillis());
            schedule.next(false, outgoing -> assertThat(new String(outgoing.value(), UTF_8))
                    .contains(due.substring(0, due.lastIndexOf('Z'))));
        }
    }

    @Test
    void shouldChangeNothingOfThePopulation() {
        // When
        List<String> without = population(Map.of("tx.rate", "5"));
        List<String> with = population(Map.of("tx.rate", "5", "tx.scenarios.rate", "60"));

        // Then
        assertThat(with).isEqualTo(without);
    }

    @Test
    void shouldPlayNoneInTheLegacyFormat() {
        // Given
        RecordSchedule schedule =
                TestConfig.schedule(START, Map.of("tx.format", "legacy", "tx.scenarios.rate", "60000"));
        List<OutgoingRecord> records = new ArrayList<>();

        // When
        for (int i = 0; i < 1000; i++) {
            schedule.next(false, records::add);
        }

        // Then
        assertThat(records).allMatch(record -> record.headers().get("scenario") == null);
    }

    /** Clients that play until a time, two scenarios per minute. */
    private static Set<String> players(long start, long until) {
        Scenarios scenarios = new Scenarios(TestConfig.of(Map.of("tx.scenarios.rate", "2")), start);
        Set<String> clients = new HashSet<>();
        while (scenarios.nextDueMillis() <= until) {
            scenarios
                    .next(Integer.MAX_VALUE)
                    .ifPresent(payment -> clients.add(payment.transaction().client()));
        }
        return clients;
    }

    private static List<String> population(Map<String, String> settings) {
        RecordSchedule schedule = TestConfig.schedule(START, settings);
        List<String> values = new ArrayList<>();
        while (values.size() < 1000) {
            schedule.next(false, outgoing -> {
                if (!outgoing.heartbeat() && outgoing.headers().get("scenario") == null) {
                    values.add(new String(outgoing.value(), UTF_8));
                }
            });
        }
        return values;
    }
}
