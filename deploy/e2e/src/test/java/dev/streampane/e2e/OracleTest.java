// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Windows of 5 s, B = 5 s, L = 60 s, skew 5 min; times are seconds after 06:00:00. */
class OracleTest {

    private static final Instant ZERO = Instant.parse("2026-11-20T06:00:00Z");
    private static final long NOON = 6 * 3600;

    private final Oracle oracle = new Oracle(WindowRule.tumbling(Duration.ofSeconds(5)));
    private final long[] ends = new long[4];

    @Test
    void shouldAddUpAWindowExactly() {
        reading(0, "d1", 1, "20.1", "50");
        reading(0, "d1", 4.999, "20.2", "50.0000005");
        reading(1, "d1", 0, "-0.1", "50.0000015");
        reading(1, "d1", 5, "99", "99");

        assertThat(oracle.windows()).hasSize(2);
        Expected window =
                oracle.windows().get("weather-average~tumbling-5s~d1~20261120T060000.000Z~20261120T060005.000Z");
        assertThat(window.count()).isEqualTo(3);
        assertThat(window.sums()).isEqualTo(Map.of("temp", "40200000", "hum", "150000002"));
        assertThat(window.values())
                .containsEntry("avg_temp", new BigDecimal("13.400000"))
                .containsEntry("avg_hum", new BigDecimal("50.000001"))
                .containsEntry("min_temp", new BigDecimal("-0.100000"))
                .containsEntry("max_temp", new BigDecimal("20.200000"));
        assertThat(window.minEventTime()).isEqualTo(ZERO);
        assertThat(window.maxEventTime()).isEqualTo(ZERO.plusMillis(4999));
        assertThat(window.inputs())
                .containsEntry("device-readings/0", new Expected.Offsets(0, 1))
                .containsEntry("device-readings/1", new Expected.Offsets(0, 0));
        assertThat(window.late()).isZero();
    }

    @Test
    void shouldKeepClosedWhatWasClosedBeforeTheLatenessGrew() {
        heartbeat(0, 70); // H = 70 - 5 - 60 = 5
        oracle.change(Feed.READINGS, Map.of(0, 1L), rule(Duration.ofSeconds(9), Duration.ofHours(1)));
        reading(0, "d1", 4.999, "1", "1");
        reading(0, "d1", 5, "1", "1");

        assertThat(oracle.late()).containsOnlyKeys(place(1));
        assertThat(oracle.counted()).isEqualTo(1);
    }

    @Test
    void shouldCloseMoreFromTheOffsetOnAtWhichBoundAndLatenessShrink() {
        heartbeat(0, 70);
        reading(0, "d1", 64, "1", "1"); // H = 5
        oracle.change(Feed.READINGS, Map.of(0, 2L), rule(Duration.ZERO, Duration.ZERO));
        reading(0, "d1", 69, "1", "1"); // H = 70, window [65, 70)
        reading(0, "d1", 70, "1", "1");

        assertThat(oracle.late()).containsOnlyKeys(place(2));
        assertThat(oracle.counted()).isEqualTo(2);
    }

    private static WindowRule rule(Duration outOfOrderness, Duration allowedLateness) {
        return WindowRule.tumbling(Duration.ofSeconds(5)).with(outOfOrderness, allowedLateness);
    }

    @Test
    void shouldCallARecordLateWhenItsWindowEndsAtTheHorizon() {
        heartbeat(0, 70); // H = 70 - 5 - 60 = 5
        reading(0, "d1", 4.999, "1", "1"); // window [0, 5): 5 <= 5
        reading(0, "d1", 5, "1", "1"); // window [5, 10): open

        assertThat(oracle.late()).containsOnlyKeys(place(1));
        assertThat(oracle.counted()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheClockFromTheRecordsBeforeAndFromTheOwnPartitionAlone() {
        reading(0, "d1", 100, "1", "1"); // its own time does not count against it
        reading(1, "d1", 0, "1", "1"); // partition 1 has its own clock
        reading(0, "d1", 34.999, "1", "1"); // H = 100 - 65 = 35: late
        reading(0, "d1", 35, "1", "1"); // open

        assertThat(oracle.late()).containsOnlyKeys(place(1));
        assertThat(oracle.counted()).isEqualTo(3);
    }

    @Test
    void shouldCountARecordAsLateInItsWindowWhenTheEndWasBehindTheClockByTheBound() {
        heartbeat(0, 10); // C - B = 5
        reading(0, "d1", 4, "1", "1"); // window ends at 5: 5 <= 5
        reading(0, "d1", 6, "1", "1"); // window ends at 10
        reading(0, "d1", 4, "1", "1"); // a duplicate counts

        assertThat(oracle.windows().values())
                .extracting(Expected::count, Expected::late)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2L, 2L), org.assertj.core.groups.Tuple.tuple(1L, 0L));
    }

    @Test
    void shouldHoldTheClockToTheAppendTime() {
        append(0, 0, reading("d1", 290, "1", "1"), TimestampType.LOG_APPEND_TIME); // 290 s ahead: C = 0
        append(0, 1, reading("d1", 0, "1", "1"), TimestampType.LOG_APPEND_TIME);

        assertThat(oracle.late()).isEmpty();
        assertThat(oracle.counted()).isEqualTo(2);
    }

    @Test
    void shouldRejectWhatIsFurtherAheadThanTheSkew() {
        append(0, 0, reading("d1", 300, "1", "1"), TimestampType.LOG_APPEND_TIME);
        append(0, 0, reading("d1", 300.001, "1", "1"), TimestampType.LOG_APPEND_TIME);
        append(0, 0, reading("d1", 400, "1", "1"), TimestampType.CREATE_TIME);

        assertThat(oracle.rejected()).isEqualTo(Map.of(place(1), "future"));
        assertThat(oracle.counted()).isEqualTo(2);
    }

    @Test
    void shouldTakeTheLoadsWordForWhatIsMalformedAndKeepItOutOfTheClock() {
        record(0, NOON, Optional.of("trailing"), reading("d1", 4000, "1", "1") + "}");
        reading(0, "d1", 0, "1", "1");

        assertThat(oracle.rejected()).isEqualTo(Map.of(place(0), "trailing"));
        assertThat(oracle.counted()).isEqualTo(1);
    }

    @Test
    void shouldReadTheLegacyFormat() {
        add(
                Feed.TRANSACTIONS,
                0,
                NOON,
                Optional.empty(),
                "{\"client\":3,\"amount\":120,\"ts\":\"2026-11-20 06:00:04\"}",
                TimestampType.LOG_APPEND_TIME);
        add(
                Feed.TRANSACTIONS,
                0,
                NOON,
                Optional.empty(),
                "{\"client\":\"3\",\"ts\":\"2026-11-20T07:00:04.9999+01:00\",\"amount\":0.00015}",
                TimestampType.LOG_APPEND_TIME);

        Expected window = oracle.windows().values().iterator().next();
        assertThat(window.id()).isEqualTo("transaction-total~tumbling-5s~3~20261120T060000.000Z~20261120T060005.000Z");
        assertThat(window.values()).containsEntry("total_amount", new BigDecimal("120.0002"));
        assertThat(window.maxEventTime()).isEqualTo(ZERO.plusMillis(4999));
    }

    @Test
    void shouldEncodeKeysInIds() {
        reading(0, "a/b é~", 0, "1", "1");

        assertThat(oracle.windows().keySet())
                .containsExactly(
                        "weather-average~tumbling-5s~a%2Fb%20%C3%A9%7E~20261120T060000.000Z~20261120T060005.000Z");
    }

    private static Oracle.Place place(long offset) {
        return new Oracle.Place("device-readings", 0, offset);
    }

    private static String reading(String key, double second, String temperature, String humidity) {
        return "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%s,\"humidity\":%s}"
                .formatted(key, at(second), temperature, humidity);
    }

    private void reading(int partition, String key, double second, String temperature, String humidity) {
        record(partition, NOON, Optional.empty(), reading(key, second, temperature, humidity));
    }

    private void heartbeat(int partition, double second) {
        add(
                Feed.READINGS,
                partition,
                NOON,
                Optional.empty(),
                "{\"ts\":\"%s\"}".formatted(at(second)),
                TimestampType.LOG_APPEND_TIME);
    }

    private void append(int partition, double appendSecond, String value, TimestampType type) {
        add(Feed.READINGS, partition, appendSecond, Optional.empty(), value, type);
    }

    private void record(int partition, double appendSecond, Optional<String> malformed, String value) {
        add(Feed.READINGS, partition, appendSecond, malformed, value, TimestampType.LOG_APPEND_TIME);
    }

    private void add(
            Feed feed,
            int partition,
            double appendSecond,
            Optional<String> malformed,
            String value,
            TimestampType type) {
        RecordHeaders headers = new RecordHeaders();
        malformed.ifPresent(reason -> headers.add(Oracle.EXPECTED, bytes(reason)));
        if (value.startsWith("{\"ts\"")) {
            headers.add("kind", bytes("heartbeat"));
        }
        oracle.read(
                feed,
                new ConsumerRecord<>(
                        feed.topic(),
                        partition,
                        ends[partition]++,
                        at(appendSecond).toEpochMilli(),
                        type,
                        0,
                        value.length(),
                        null,
                        bytes(value),
                        headers,
                        Optional.empty()));
    }

    private static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
