// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a simulator publishes and when it is due, without a broker and a clock. */
public abstract class ScheduleContract {

    protected static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final Pattern TIME = Pattern.compile("\\{\"[a-z]*\":\"[^\"]*\",\"ts\":\"([^\"]*)\".*");

    /** A record and when it was due. */
    public record Due(long millis, OutgoingRecord outgoing) {
        /** Its value. */
        String text() {
            return new String(outgoing.value(), UTF_8);
        }

        /** Its key: who sends it. */
        public String sender() {
            return new String(outgoing.key(), UTF_8);
        }

        /** The time in its value. */
        public Instant eventTime() {
            Matcher matcher = TIME.matcher(text());
            if (!matcher.matches()) {
                throw new AssertionError(text());
            }
            return Instant.parse(matcher.group(1));
        }
    }

    /**
     * The bytes by which later versions are measured.
     *
     * @param first values of the first records
     * @param sha256 of the first 20,000 values
     * @param tenSeedsSha256 of the digests of ten seeds with every fault, in both formats
     */
    public record Golden(List<String> first, String sha256, String tenSeedsSha256) {}

    private final String prefix;
    private final String count;
    private final String period;
    private final Pattern sender;
    private final Duration shortestPeriod;
    private final Golden golden;

    /**
     * @param prefix of the names of settings
     * @param count setting of the number of senders
     * @param period setting of their period
     * @param sender what their keys look like by default
     * @param shortestPeriod the shortest of them by default
     */
    protected ScheduleContract(
            String prefix, String count, String period, String sender, Duration shortestPeriod, Golden golden) {
        this.prefix = prefix;
        this.count = count;
        this.period = period;
        this.sender = Pattern.compile(sender);
        this.shortestPeriod = shortestPeriod;
        this.golden = golden;
    }

    /** Settings by their names without the prefix, each with its value behind it. */
    private Map<String, String> settings(String... namesAndValues) {
        Map<String, String> settings = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(prefix + '.' + namesAndValues[i], namesAndValues[i + 1]);
        }
        return settings;
    }

    /** The schedule of these settings from a start on. */
    protected abstract RecordSchedule schedule(long startMillis, Map<String, String> settings);

    @Test
    void shouldGiveTheSameBytesForTheSameSeedAndStart() throws Exception {
        // When
        List<Due> records = take(12, Map.of());

        // Then
        assertThat(records.stream().map(Due::text)).containsExactlyElementsOf(golden.first());
        assertThat(sha256(take(20_000, Map.of()))).isEqualTo(golden.sha256());
        assertThat(sha256(take(20_000, settings("seed", "2")))).isNotEqualTo(golden.sha256());
    }

    @Test
    void shouldGiveTheSameBytesForEachSeedWithEveryFault() throws Exception {
        StringBuilder digests = new StringBuilder();
        for (String format : new String[] {"json", "legacy"}) {
            for (int seed = 0; seed < 10; seed++) {
                Map<String, String> settings = settings("format", format, "seed", String.valueOf(seed), "rate", "50");
                for (String fault :
                        new String[] {"late", "out-of-order", "duplicated", "malformed", "future", "silent"}) {
                    settings.put(prefix + ".faults." + fault + ".probability", "0.05");
                }
                digests.append(sha256(take(3_000, settings)));
            }
        }
        byte[] all = digests.toString().getBytes(UTF_8);

        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all)))
                .isEqualTo(golden.tenSeedsSha256());
    }

    /** As long as the late ones wait, those that find no place among them come in time. */
    @Test
    void shouldHoldBackNoMoreThanFitsIntoMemory() {
        RecordSchedule schedule = schedule(
                START.toEpochMilli(),
                settings(
                        "rate",
                        "100000",
                        "heartbeats",
                        "false",
                        "faults.late.probability",
                        "1",
                        "faults.late.by",
                        "1s"));

        List<OutgoingRecord> taken = new ArrayList<>();
        long records = 0;
        for (; taken.size() < 10; records++) {
            schedule.next(false, taken::add);
        }

        long late = schedule.injected(RecordSchedule.Injected.LATE_OR_OUT_OF_ORDER);
        assertThat(late).isEqualTo(records - 10);
        assertThat(late * taken.get(0).sizeBytes())
                .isCloseTo(RecordSchedule.MAX_DELAYED_BYTES, Percentage.withPercentage(10));

        while (schedule.nextDueMillis() < START.plusMillis(1500).toEpochMilli()) {
            schedule.next(false, taken::add);
        }
        assertThat(schedule.injected(RecordSchedule.Injected.LATE_OR_OUT_OF_ORDER))
                .as("as those that were held back go")
                .isGreaterThan(late + 40_000);
    }

    @Test
    void shouldPutEachHeartbeatAfterAllRecordsOfEarlierEventTimes() {
        for (String rate : new String[] {"0", "1", "777", "100000"}) {
            // Given
            List<Due> records = take(30_000, Map.of(prefix + ".rate", rate, count, "50"));
            Instant heartbeat = Instant.MIN;
            long heartbeats = 0;
            List<Due> early = new ArrayList<>();

            // When
            for (Due record : records) {
                if (record.outgoing().heartbeat()) {
                    heartbeat = Instant.ofEpochSecond(record.outgoing().sequence());
                    assertThat(record.text()).contains(heartbeat.toString().replace("Z", ".000Z"));
                    assertThat(heartbeat).isEqualTo(START.plusSeconds(heartbeats++));
                } else if (record.eventTime().isBefore(heartbeat)) {
                    early.add(record);
                }
            }

            // Then
            assertThat(early).as("rate %s", rate).isEmpty();
        }
    }

    @Test
    void shouldLeaveHeartbeatsOutWhenTheyAreOff() {
        assertThat(take(1000, settings("heartbeats", "false")))
                .noneMatch(record -> record.outgoing().heartbeat());
    }

    @Test
    void shouldBeginHeartbeatsOnAWholeSecondWhenTheStartIsNone() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli() + 1, settings("rate", "1"));

        // When
        List<Due> records = take(schedule, 2);

        // Then
        assertThat(records.get(0).outgoing().heartbeat()).isFalse();
        assertThat(records.get(1).text()).isEqualTo("{\"ts\":\"2026-11-20T06:00:01.000Z\"}");
    }

    @Test
    void shouldGoOnWhereItIsWhenTheRateChanges() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli(), Map.of());
        List<Due> before = take(schedule, 100);
        Instant changed = Instant.ofEpochMilli(before.get(99).millis());

        // When
        schedule.rate(10, changed.toEpochMilli());
        List<Due> fast = withoutHeartbeats(take(schedule, 50));
        schedule.rate(0, Long.MAX_VALUE);
        List<Due> after = withoutHeartbeats(take(schedule, 50));

        // Then
        assertThat(fast.get(0).eventTime()).isBetween(changed, changed.plus(shortestPeriod));
        for (int i = 1; i < fast.size(); i++) {
            assertThat(fast.get(i).eventTime())
                    .isEqualTo(fast.get(0).eventTime().plusMillis(100L * i));
        }
        assertThat(after.get(0).eventTime()).isAfter(fast.get(fast.size() - 1).eventTime());
        assertThat(after)
                .allMatch(due -> due.eventTime().getNano() == 0)
                .extracting(Due::eventTime)
                .isSorted();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldGoOnAsIfNobodyHadAskedForTheRateThatItHas(int rate) {
        // Given
        Map<String, String> settings = settings("rate", String.valueOf(rate));
        List<String> alone = take(20, settings).stream().map(Due::text).toList();
        RecordSchedule schedule = schedule(START.toEpochMilli(), settings);

        // When
        List<Due> records = new ArrayList<>(take(schedule, 2));
        schedule.rate(rate, START.toEpochMilli() + 1);
        records.addAll(take(schedule, 18));

        // Then
        assertThat(records).map(Due::text).isEqualTo(alone);
    }

    @Test
    void shouldChangeASlowRateAtOnce() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli(), Map.of(period, "1d"));
        List<Due> before = take(schedule, 100);

        // When
        schedule.rate(10, before.get(99).millis() + 5);
        List<Due> after = withoutHeartbeats(take(schedule, 20));

        // Then
        assertThat(after.get(0).millis()).isEqualTo(before.get(99).millis() + 5);
        assertThat(after).hasSizeGreaterThan(15);
    }

    @Test
    void shouldNotBeginBeforeTheStartWhenTheRateChangesBefore() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli(), Map.of());

        // When
        schedule.rate(10, START.toEpochMilli() - 60_000);

        // Then
        assertThat(schedule.nextDueMillis()).isEqualTo(START.toEpochMilli());
    }

    @Test
    void shouldStopMeasuringButNotHeartbeatsAtTheLimit() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli(), settings("limit", "7"));

        // When
        List<Due> records = take(schedule, 100);

        // Then
        assertThat(withoutHeartbeats(records)).hasSize(7);
        assertThat(schedule.finished()).isTrue();
        assertThat(records.get(99).outgoing().heartbeat()).isTrue();
    }

    @Test
    void shouldPublishLateRecordsLateWithTheirOwnEventTime() {
        // When
        List<Due> sent = sent(50_000, "rate", "100", "faults.late.probability", "0.1");

        // Then
        List<Due> late = moved(sent);
        assertThat(late)
                .allMatch(
                        due -> due.millis() == due.eventTime().plusSeconds(180).toEpochMilli());
        assertThat(share(late, sent)).isBetween(0.06, 0.12);
    }

    @Test
    void shouldPublishOutOfOrderRecordsWithinTheirBound() {
        // When
        List<Due> sent = sent(20_000, "rate", "100", "faults.out-of-order.probability", "0.5");

        // Then
        assertThat(sent)
                .allMatch(due -> due.millis() >= due.eventTime().toEpochMilli())
                .allMatch(due -> due.millis() <= due.eventTime().plusSeconds(3).toEpochMilli());
        int overtaken = 0;
        for (int i = 1; i < sent.size(); i++) {
            overtaken += sent.get(i).eventTime().isBefore(sent.get(i - 1).eventTime()) ? 1 : 0;
        }
        assertThat(overtaken).isGreaterThan(5000);
    }

    @Test
    void shouldPublishDuplicatesOfTheSameBytes() {
        // When
        List<Due> sent =
                sent(20_000, "rate", "100", "faults.duplicated.probability", "0.25", "faults.duplicated.copies", "3");

        // Then
        Map<Long, List<Due>> bySequence = sent.stream()
                .collect(Collectors.groupingBy(due -> due.outgoing().sequence()));
        List<List<Due>> copied =
                bySequence.values().stream().filter(l -> l.size() > 1).toList();
        assertThat(copied)
                .allMatch(copies -> copies.stream().map(Due::text).distinct().count() == 1);
        assertThat(copied.subList(0, 100)).allMatch(copies -> copies.size() == 3);
        assertThat(share(copied, bySequence.values())).isBetween(0.22, 0.28);
    }

    @Test
    void shouldMoveTheClockOfSomeRecords() {
        // When
        List<Due> sent = sent(20_000, "rate", "100", "faults.future.probability", "0.1", "faults.future.by", "-PT1H");

        // Then
        List<Due> moved = moved(sent);
        assertThat(moved)
                .allMatch(
                        due -> due.millis() == due.eventTime().plusSeconds(3600).toEpochMilli());
        assertThat(share(moved, sent)).isBetween(0.08, 0.12);
    }

    @Test
    void shouldSpoilRecordsInTheKindsThatAreWanted() {
        // When
        List<Due> sent = sent(
                10_000,
                "rate",
                "100",
                "faults.malformed.probability",
                "0.2",
                "faults.malformed.kinds",
                "empty,unknown-type");

        // Then
        List<Due> empty = sent.stream().filter(due -> due.text().isEmpty()).toList();
        List<Due> unknown = sent.stream()
                .filter(due -> due.outgoing().headers().containsKey("kind"))
                .toList();
        assertThat(share(empty, sent)).isBetween(0.08, 0.12);
        assertThat(share(unknown, sent)).isBetween(0.08, 0.12);
        assertThat(empty).allMatch(due -> sender.matcher(due.sender()).matches());
    }

    @Test
    void shouldHitTheSameRecordsWhenAnotherFaultIsAdded() {
        // Given
        Map<String, String> one = settings("rate", "100", "faults.future.probability", "0.05");
        Map<String, String> two = settings("faults.duplicated.probability", "0.5");
        two.putAll(one);

        // When
        List<Long> alone = movedSequences(take(5000, one));
        List<Long> together = movedSequences(take(8000, two));

        // Then
        assertThat(alone).hasSizeGreaterThan(100);
        assertThat(together.subList(0, 100)).isEqualTo(alone.subList(0, 100));
    }

    /** Those that are due at another time than their own. */
    private static List<Due> moved(List<Due> sent) {
        return sent.stream()
                .filter(due -> due.millis() != due.eventTime().toEpochMilli())
                .toList();
    }

    private static List<Long> movedSequences(List<Due> records) {
        return moved(withoutHeartbeats(records)).stream()
                .map(due -> due.outgoing().sequence())
                .distinct()
                .toList();
    }

    private static double share(Collection<?> some, Collection<?> all) {
        return (double) some.size() / all.size();
    }

    protected static List<Due> withoutHeartbeats(List<Due> records) {
        return records.stream().filter(record -> !record.outgoing().heartbeat()).toList();
    }

    private List<Due> sent(int number, String... namesAndValues) {
        return withoutHeartbeats(take(number, settings(namesAndValues)));
    }

    protected List<Due> take(int number, Map<String, String> settings) {
        return take(schedule(START.toEpochMilli(), settings), number);
    }

    protected static List<Due> take(RecordSchedule schedule, int number) {
        List<Due> records = new ArrayList<>();
        while (records.size() < number) {
            long due = schedule.nextDueMillis();
            schedule.next(false, outgoing -> records.add(new Due(due, outgoing)));
        }
        return records;
    }

    private static String sha256(List<Due> records) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        records.forEach(record -> digest.update(record.outgoing().value()));
        return HexFormat.of().formatHex(digest.digest());
    }
}
