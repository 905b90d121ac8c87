// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

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

class ReadingScheduleTest {

    private static final Instant START = Instant.parse("2026-11-20T06:00:00Z");
    private static final Pattern DEVICE_AND_TIME =
            Pattern.compile("\\{\"(?:device|client)\":\"([^\"]*)\",\"ts\":\"([^\"]*)\".*");

    private static final String[] GOLDEN = {
        "{\"ts\":\"2026-11-20T06:00:00.000Z\"}",
        "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":15.51,\"humidity\":67.86}",
        "{\"device\":\"device2\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":16.63,\"humidity\":76.15}",
        "{\"device\":\"device3\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":9.65,\"humidity\":75.37}",
        "{\"ts\":\"2026-11-20T06:00:01.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:02.000Z\"}",
        "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:02.000Z\",\"temperature\":15.53,\"humidity\":67.76}",
        "{\"ts\":\"2026-11-20T06:00:03.000Z\"}",
        "{\"ts\":\"2026-11-20T06:00:04.000Z\"}",
        "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:04.000Z\",\"temperature\":15.52,\"humidity\":67.85}",
        "{\"ts\":\"2026-11-20T06:00:05.000Z\"}",
        "{\"device\":\"device2\",\"ts\":\"2026-11-20T06:00:05.000Z\",\"temperature\":16.65,\"humidity\":76.22}",
    };
    private static final String TEN_SEEDS_SHA256 = "b6f2e5f422442ea1003d8b472ce32fbe09cf179e2b18b4b54c89b9ce55faeff4";
    private static final String GOLDEN_SHA256 = "073cca73e2801f2f658b6cd2ed1fd88c01e63f1e521caad2046cd1732cb5038b";

    /** A record and when it was due. */
    private record Due(long millis, OutgoingRecord outgoing) {
        String text() {
            return new String(outgoing.value(), UTF_8);
        }

        String device() {
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
        assertThat(sha256(take(20_000, Map.of("iot.seed", "2")))).isNotEqualTo(GOLDEN_SHA256);
    }

    @Test
    void shouldGiveTheSameBytesForEachSeedWithEveryFault() throws Exception {
        StringBuilder digests = new StringBuilder();
        for (String format : new String[] {"json", "legacy"}) {
            for (int seed = 0; seed < 10; seed++) {
                Map<String, String> settings = new TreeMap<>();
                settings.put("iot.format", format);
                settings.put("iot.seed", String.valueOf(seed));
                settings.put("iot.rate", "50");
                for (String fault :
                        new String[] {"late", "out-of-order", "duplicated", "malformed", "future", "silent"}) {
                    settings.put("iot.faults." + fault + ".probability", "0.05");
                }
                digests.append(sha256(take(3_000, settings)));
            }
        }
        byte[] all = digests.toString().getBytes(UTF_8);

        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all)))
                .isEqualTo(TEN_SEEDS_SHA256);
    }

    @Test
    void shouldMeasureEveryDeviceAtItsPeriod() {
        // When
        List<Due> readings = readings(take(10_000, Map.of()));

        // Then
        Map<String, List<Due>> byDevice =
                readings.stream().collect(Collectors.groupingBy(Due::device, TreeMap::new, Collectors.toList()));
        assertThat(byDevice).containsOnlyKeys("device1", "device2", "device3");
        byDevice.forEach((device, ofDevice) -> {
            int period = Map.of("device1", 2, "device2", 5, "device3", 10).get(device);
            for (int i = 0; i < ofDevice.size(); i++) {
                Instant expected = START.plusSeconds((long) i * period);
                assertThat(ofDevice.get(i).eventTime()).isEqualTo(expected);
                assertThat(ofDevice.get(i).millis()).isEqualTo(expected.toEpochMilli());
            }
        });
    }

    @Test
    void shouldPutEachHeartbeatAfterAllReadingsOfEarlierEventTimes() {
        for (String rate : new String[] {"0", "1", "777", "100000"}) {
            // Given
            List<Due> records = take(30_000, Map.of("iot.rate", rate, "iot.devices.count", "50"));
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
    void shouldLeaveHeartbeatsOutWhenTheyAreOff() {
        assertThat(take(1000, Map.of("iot.heartbeats", "false")))
                .noneMatch(record -> record.outgoing().heartbeat());
    }

    @Test
    void shouldBeginHeartbeatsOnAWholeSecondWhenTheStartIsNone() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli() + 1, Map.of("iot.rate", "1"));

        // When
        List<Due> records = take(schedule, 2);

        // Then
        assertThat(records.get(0).outgoing().heartbeat()).isFalse();
        assertThat(records.get(1).text()).isEqualTo("{\"ts\":\"2026-11-20T06:00:01.000Z\"}");
    }

    @Test
    void shouldSendAtTheRateOverAllDevicesInTurn() {
        // When
        List<Due> readings = readings(take(10_010, Map.of("iot.rate", "1000", "iot.devices.count", "1000")));

        // Then
        for (int i = 0; i < 10_000; i++) {
            assertThat(readings.get(i).device()).isEqualTo("device" + (i % 1000 + 1));
            assertThat(readings.get(i).eventTime()).isEqualTo(START.plusMillis(i));
        }
    }

    @Test
    void shouldGoOnWhereItIsWhenTheRateChanges() {
        // Given
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of());
        List<Due> before = take(schedule, 100);
        Instant changed = before.get(99).eventTime();

        // When
        schedule.rate(10, changed.toEpochMilli());
        List<Due> fast = readings(take(schedule, 50));
        schedule.rate(0, Long.MAX_VALUE);
        List<Due> after = readings(take(schedule, 50));

        // Then
        assertThat(fast.get(0).eventTime()).isBetween(changed, changed.plusSeconds(2));
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
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of("iot.devices.period", "1d"));
        List<Due> before = take(schedule, 100);

        // When
        schedule.rate(10, before.get(99).millis() + 5);
        List<Due> after = readings(take(schedule, 20));

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
        RecordSchedule schedule = TestConfig.schedule(START.toEpochMilli(), Map.of("iot.limit", "7"));

        // When
        List<Due> records = take(schedule, 100);

        // Then
        assertThat(readings(records)).hasSize(7);
        assertThat(schedule.finished()).isTrue();
        assertThat(records.get(99).outgoing().heartbeat()).isTrue();
    }

    @Test
    void shouldPublishLateReadingsLateWithTheirOwnEventTime() {
        // When
        List<Due> readings = readings(take(50_000, Map.of("iot.rate", "100", "iot.faults.late.probability", "0.1")));

        // Then
        List<Due> late = readings.stream()
                .filter(due -> due.millis() != due.eventTime().toEpochMilli())
                .toList();
        assertThat(late)
                .allMatch(
                        due -> due.millis() == due.eventTime().plusSeconds(180).toEpochMilli());
        assertThat(share(late, readings)).isBetween(0.06, 0.12);
    }

    @Test
    void shouldPublishOutOfOrderReadingsWithinTheirBound() {
        // When
        List<Due> readings =
                readings(take(20_000, Map.of("iot.rate", "100", "iot.faults.out-of-order.probability", "0.5")));

        // Then
        assertThat(readings)
                .allMatch(due -> due.millis() >= due.eventTime().toEpochMilli())
                .allMatch(due -> due.millis() <= due.eventTime().plusSeconds(3).toEpochMilli());
        int overtaken = 0;
        for (int i = 1; i < readings.size(); i++) {
            overtaken +=
                    readings.get(i).eventTime().isBefore(readings.get(i - 1).eventTime()) ? 1 : 0;
        }
        assertThat(overtaken).isGreaterThan(5000);
    }

    @Test
    void shouldPublishDuplicatesOfTheSameBytes() {
        // When
        List<Due> readings = readings(take(
                20_000,
                Map.of(
                        "iot.rate", "100",
                        "iot.faults.duplicated.probability", "0.25",
                        "iot.faults.duplicated.copies", "3")));

        // Then
        Map<Long, List<Due>> bySequence = readings.stream()
                .collect(Collectors.groupingBy(due -> due.outgoing().sequence()));
        List<List<Due>> copied =
                bySequence.values().stream().filter(l -> l.size() > 1).toList();
        assertThat(copied)
                .allMatch(copies -> copies.stream().map(Due::text).distinct().count() == 1);
        assertThat(copied.subList(0, 100)).allMatch(copies -> copies.size() == 3);
        assertThat(share(copied, bySequence.values())).isBetween(0.22, 0.28);
    }

    @Test
    void shouldMoveTheClockOfSomeReadings() {
        // When
        List<Due> readings = readings(take(
                20_000,
                Map.of(
                        "iot.rate", "100",
                        "iot.faults.future.probability", "0.1",
                        "iot.faults.future.by", "-PT1H")));

        // Then
        List<Due> moved = readings.stream()
                .filter(due -> due.millis() != due.eventTime().toEpochMilli())
                .toList();
        assertThat(moved)
                .allMatch(
                        due -> due.millis() == due.eventTime().plusSeconds(3600).toEpochMilli());
        assertThat(share(moved, readings)).isBetween(0.08, 0.12);
    }

    @Test
    void shouldSpoilReadingsInTheKindsThatAreWanted() {
        // When
        List<Due> readings = readings(take(
                10_000,
                Map.of(
                        "iot.rate", "100",
                        "iot.faults.malformed.probability", "0.2",
                        "iot.faults.malformed.kinds", "empty,unknown-type")));

        // Then
        List<Due> empty = readings.stream().filter(due -> due.text().isEmpty()).toList();
        List<Due> unknown = readings.stream()
                .filter(due -> due.outgoing().headers().containsKey("kind"))
                .toList();
        assertThat(share(empty, readings)).isBetween(0.08, 0.12);
        assertThat(share(unknown, readings)).isBetween(0.08, 0.12);
        assertThat(empty).allMatch(due -> due.device().startsWith("device"));
    }

    @Test
    void shouldSilenceADeviceForAWhileAndNotTheOthers() {
        // Given
        Map<String, String> settings = Map.of(
                "iot.rate", "3",
                "iot.faults.silent.probability", "0.01",
                "iot.faults.silent.by", "60s");

        // When
        List<Due> readings = readings(take(40_000, settings));

        // Then
        Map<String, List<Due>> byDevice = readings.stream().collect(Collectors.groupingBy(Due::device));
        byDevice.forEach((device, ofDevice) -> {
            int pauses = 0;
            for (int i = 1; i < ofDevice.size(); i++) {
                long gap = (ofDevice.get(i).millis() - ofDevice.get(i - 1).millis() + 500) / 1000;
                assertThat(gap == 1 || gap >= 60).as("gap of %d s", gap).isTrue();
                pauses += gap >= 60 ? 1 : 0;
            }
            assertThat(pauses).as(device).isGreaterThan(20);
        });
    }

    @Test
    void shouldHitTheSameReadingsWhenAnotherFaultIsAdded() {
        // Given
        Map<String, String> one = Map.of("iot.rate", "100", "iot.faults.future.probability", "0.05");
        Map<String, String> two = new TreeMap<>(one);
        two.put("iot.faults.duplicated.probability", "0.5");

        // When
        List<Long> alone = movedSequences(take(5000, one));
        List<Long> together = movedSequences(take(8000, two));

        // Then
        assertThat(alone).hasSizeGreaterThan(100);
        assertThat(together.subList(0, 100)).isEqualTo(alone.subList(0, 100));
    }

    private static List<Long> movedSequences(List<Due> records) {
        return readings(records).stream()
                .filter(due -> due.millis() != due.eventTime().toEpochMilli())
                .map(due -> due.outgoing().sequence())
                .distinct()
                .toList();
    }

    private static double share(Collection<?> some, Collection<?> all) {
        return (double) some.size() / all.size();
    }

    private static List<Due> readings(List<Due> records) {
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
