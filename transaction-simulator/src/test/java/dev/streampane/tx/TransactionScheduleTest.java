// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.OutgoingRecord;
import dev.streampane.simulation.RecordSchedule;
import java.security.MessageDigest;
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
import org.junit.jupiter.api.Test;

class TransactionScheduleTest {

    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final Pattern DEVICE_AND_TIME =
            Pattern.compile("\\{\"(?:client|client)\":\"([^\"]*)\",\"ts\":\"([^\"]*)\".*");

    private static final String[] GOLDEN = {
        "{\"ts\":\"2026-11-20T06:00:00.000Z\"}",
        "{\"client\":\"3\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"amount\":176.00,\"merchant\":\"Clothes\",\"lat\":52.43181,\"lon\":13.24535}",
        "{\"ts\":\"2026-11-20T06:00:01.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:02.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:03.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:04.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:05.000Z\"}",
        "{\"client\":\"3\",\"ts\":\"2026-11-20T06:00:05.000Z\",\"amount\":159.00,\"merchant\":\"Cinema\",\"lat\":52.43299,\"lon\":13.24480}",
        "{\"ts\":\"2026-11-20T06:00:06.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:07.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:08.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:09.000Z\"}",
    };
    private static final String TEN_SEEDS_SHA256 = "a313b16af1b9a18bcdb60ea823d6b18fc1a31847e0e4913b2593e2a8b7c81888";
    private static final String GOLDEN_SHA256 = "4132a6cb30746e25444fd9d861cf7649bad2a59637d67216aa515fb898d26f21";

    /** A record and when it was due. */
    private record Due(long millis, OutgoingRecord outgoing) {
        String text() {
            return new String(outgoing.value(), UTF_8);
        }

        String client() {
            return new String(outgoing.key(), UTF_8);
        }

        Instant eventTime() {
            Matcher matcher = DEVICE_AND_TIME.matcher(text());
            assertThat(matcher.matches()).as(text()).isTrue();
            return Instant.parse(matcher.group(2));
        }
    }

    @Test
    void shouldGiveTheSameBytesForTheSameSeedAndStart() throws Exception {
        // When
        List<Due> records = take(12, Map.of());

        // Then
        assertThat(records.stream().map(Due::text)).containsExactly(GOLDEN);
        assertThat(sha256(take(20_000, Map.of()))).isEqualTo(GOLDEN_SHA256);
        assertThat(sha256(take(20_000, Map.of("tx.seed", "2")))).isNotEqualTo(GOLDEN_SHA256);
    }

    @Test
    void shouldGiveTheSameBytesForEachSeedWithEveryFault() throws Exception {
        StringBuilder digests = new StringBuilder();
        for (String format : new String[] {"json", "legacy"}) {
            for (int seed = 0; seed < 10; seed++) {
                Map<String, String> settings = new TreeMap<>();
                settings.put("tx.format", format);
                settings.put("tx.seed", String.valueOf(seed));
                settings.put("tx.rate", "50");
                for (String fault :
                        new String[] {"late", "out-of-order", "duplicated", "malformed", "future", "silent"}) {
                    settings.put("tx.faults." + fault + ".probability", "0.05");
                }
                digests.append(sha256(take(3_000, settings)));
            }
        }
        byte[] all = digests.toString().getBytes(UTF_8);

        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all)))
                .isEqualTo(TEN_SEEDS_SHA256);
    }

    @Test
    void shouldPayOncePerPeriodByAllClients() {
        // When
        List<Due> transactions = transactions(take(10_000, Map.of()));

        // Then
        for (int i = 0; i < transactions.size(); i++) {
            Instant expected = START.plusSeconds(5L * i);
            assertThat(transactions.get(i).eventTime()).isEqualTo(expected);
            assertThat(transactions.get(i).millis()).isEqualTo(expected.toEpochMilli());
        }
        Map<String, Long> byClient =
                transactions.stream().collect(Collectors.groupingBy(Due::client, Collectors.counting()));
        assertThat(byClient).containsOnlyKeys("1", "2", "3", "4");
        assertThat(byClient.values()).allMatch(count -> count > transactions.size() / 5);
    }

    @Test
    void shouldPayMoreOftenByTheFirstClientsWhenSkewed() {
        // When
        Map<String, Long> byClient =
                transactions(take(20_000, Map.of("tx.clients.skew", "1", "tx.rate", "100"))).stream()
                        .collect(Collectors.groupingBy(Due::client, Collectors.counting()));

        // Then
        assertThat((double) byClient.get("1") / byClient.get("2")).isBetween(1.8, 2.2);
        assertThat((double) byClient.get("1") / byClient.get("4")).isBetween(3.6, 4.4);
    }

    @Test
    void shouldPutEachHeartbeatAfterAllTransactionsOfEarlierEventTimes() {
        for (String rate : new String[] {"0", "1", "777", "100000"}) {
            // Given
            List<Due> records = take(30_000, Map.of("tx.rate", rate, "tx.clients.count", "50"));
            Instant heartbeat = Instant.MIN;
            long heartbeats = 0;

            for (Due record : records) {
                if (record.outgoing().heartbeat()) {
                    heartbeat = Instant.ofEpochSecond(record.outgoing().sequence());
                    assertThat(record.text()).contains(heartbeat.toString().replace("Z", ".000Z"));
                    assertThat(heartbeat).isEqualTo(START.plusSeconds(heartbeats++));
                } else {
                    assertThat(record.eventTime()).isAfterOrEqualTo(heartbeat);
                }
            }
        }
    }

    @Test
    void shouldSendAtTheRate() {
        // When
        List<Due> transactions = transactions(take(10_010, Map.of("tx.rate", "1000", "tx.clients.count", "1000")));

        // Then
        for (int i = 0; i < 10_000; i++) {
            assertThat(transactions.get(i).eventTime()).isEqualTo(START.plusMillis(i));
        }
        assertThat(transactions.stream().map(Due::client).distinct().count()).isGreaterThan(990);
    }

    @Test
    void shouldGoOnWhereItIsWhenTheRateChanges() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of());
        List<Due> before = take(schedule, 100);
        Instant changed = Instant.ofEpochMilli(before.get(99).millis());

        // When
        schedule.rate(10, changed.toEpochMilli());
        List<Due> fast = transactions(take(schedule, 50));
        schedule.rate(0, Long.MAX_VALUE);
        List<Due> after = transactions(take(schedule, 50));

        // Then
        assertThat(fast.get(0).eventTime()).isBetween(changed, changed.plusSeconds(5));
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

    @Test
    void shouldChangeASlowRateAtOnce() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of("tx.period", "1d"));
        List<Due> before = take(schedule, 100);

        // When
        schedule.rate(10, before.get(99).millis() + 5);
        List<Due> after = transactions(take(schedule, 20));

        // Then
        assertThat(after.get(0).millis()).isEqualTo(before.get(99).millis() + 5);
        assertThat(after).hasSizeGreaterThan(15);
    }

    @Test
    void shouldNotBeginBeforeTheStartWhenTheRateChangesBefore() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of());

        // When
        schedule.rate(10, START.toEpochMilli() - 60_000);

        // Then
        assertThat(schedule.nextDueMillis()).isEqualTo(START.toEpochMilli());
    }

    @Test
    void shouldStopMeasuringButNotHeartbeatsAtTheLimit() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of("tx.limit", "7"));

        // When
        List<Due> records = take(schedule, 100);

        // Then
        assertThat(transactions(records)).hasSize(7);
        assertThat(schedule.finished()).isTrue();
        assertThat(records.get(99).outgoing().heartbeat()).isTrue();
    }

    @Test
    void shouldSpoilTransactionsInTheKindsThatAreWanted() {
        // When
        List<Due> transactions = transactions(take(
                10_000,
                Map.of(
                        "tx.rate", "100",
                        "tx.faults.malformed.probability", "0.2",
                        "tx.faults.malformed.kinds", "empty,unknown-type")));

        // Then
        List<Due> empty =
                transactions.stream().filter(due -> due.text().isEmpty()).toList();
        List<Due> unknown = transactions.stream()
                .filter(due -> due.outgoing().headers().containsKey("kind"))
                .toList();
        assertThat(share(empty, transactions)).isBetween(0.08, 0.12);
        assertThat(share(unknown, transactions)).isBetween(0.08, 0.12);
        assertThat(empty).allMatch(due -> due.client().length() == 1);
    }

    private static List<Long> movedSequences(List<Due> records) {
        return transactions(records).stream()
                .filter(due -> due.millis() != due.eventTime().toEpochMilli())
                .map(due -> due.outgoing().sequence())
                .distinct()
                .toList();
    }

    private static double share(Collection<?> some, Collection<?> all) {
        return (double) some.size() / all.size();
    }

    private static List<Due> transactions(List<Due> records) {
        return records.stream().filter(record -> !record.outgoing().heartbeat()).toList();
    }

    private static List<Due> take(int count, Map<String, String> settings) {
        return take(TestConfig.schedule(START.toEpochMilli(), settings), count);
    }

    private static List<Due> take(RecordSchedule schedule, int count) {
        List<Due> records = new ArrayList<>();
        while (records.size() < count) {
            long due = schedule.nextDueMillis();
            schedule.next(outgoing -> records.add(new Due(due, outgoing)));
        }
        return records;
    }

    private static String sha256(List<Due> records) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        records.forEach(record -> digest.update(record.outgoing().value()));
        return HexFormat.of().formatHex(digest.digest());
    }
}
