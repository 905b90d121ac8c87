// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.window.Firing;
import dev.streampane.pipeline.window.Partial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaneCombinerTest {

    private static final long NONE = Long.MIN_VALUE;

    private OneInputStreamOperatorTestHarness<Counted<Long>, Partial> harness;
    private int offset;

    /** A value is its own metric, and its key one of three; one below 0 has a text of a MiB, too. */
    private static final Measures<Long> OF_THREE = new Measures<>(
            value -> "key" + value % 3,
            value -> new long[] {value},
            value -> value < 0 ? Optional.of("x".repeat(1 << 20)) : Optional.empty());

    private void open(String spec, Duration preview) throws Exception {
        var firing = new Firing(Duration.ZERO, preview, Duration.ZERO);
        harness = new OneInputStreamOperatorTestHarness<>(
                new PaneCombiner<>(0, WindowSpecParser.parse(spec), OF_THREE, firing));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        if (harness != null) {
            harness.close();
        }
    }

    private void count(long value, long time) throws Exception {
        count(value, time, 0);
    }

    private void count(long value, long time, int partition) throws Exception {
        harness.processElement(new StreamRecord<>(
                new Counted<>(value, time, "t", partition, offset++, Fetched.WHOLE, 0, 1, NONE, NONE), time));
    }

    /** What has been sent so far, {@code key count sum} each. */
    private List<String> sent() {
        return harness.extractOutputValues().stream()
                .map(partial -> partial.key + ' ' + partial.count + ' ' + partial.metrics[0].sum())
                .toList();
    }

    @Test
    void shouldSendBeforeTheWatermarkThatFires() throws Exception {
        open("tumbling(10s)", Duration.ZERO);
        count(1, 1_000);
        count(4, 9_999);
        count(1, 10_000);

        harness.processWatermark(9_998);
        assertThat(sent()).isEmpty();
        harness.processWatermark(9_999);

        assertThat(sent()).containsExactly("key1 2 5");
        count(7, 9_000);
        assertThat(sent()).as("late").containsExactly("key1 2 5", "key1 1 7");
        harness.prepareSnapshotPreBarrier(1);
        assertThat(sent()).containsExactly("key1 2 5", "key1 1 7", "key1 1 1");
    }

    @Test
    void shouldSendAllBeforeItTurnsIdle() throws Exception {
        open("tumbling(10s)", Duration.ZERO);
        count(1, 1_000);

        harness.processWatermarkStatus(WatermarkStatus.IDLE);

        assertThat(sent()).containsExactly("key1 1 1");
        assertThat(new ArrayList<>(harness.getOutput()).get(1)).isEqualTo(WatermarkStatus.IDLE);
    }

    @Test
    void shouldSendWithEachWatermarkWherePanesAreLookedInto() throws Exception {
        open("tumbling(10s)", Duration.ofSeconds(1));
        count(1, 1_000);

        harness.processWatermark(1);

        assertThat(sent()).containsExactly("key1 1 1");
    }

    @Test
    void shouldHoldSessionUntilOneThatItCouldLengthenMayFire() throws Exception {
        open("session(5s)", Duration.ZERO);
        count(1, 20_000);
        count(4, 24_999);
        count(7, 30_000);

        assertThat(sent()).as("another session").containsExactly("key1 2 5");
        harness.processWatermark(29_999);

        assertThat(sent()).containsExactly("key1 2 5", "key1 1 7");
    }

    /** A session's operator drops a partial for its oldest record: what is not too late must not go with it. */
    @ParameterizedTest
    @ValueSource(longs = {1_000, -1_000})
    void shouldHoldNoMoreOfASessionThanAGap(long step) throws Exception {
        open("session(5s)", Duration.ZERO);
        for (int record = 0; record < 30; record++) {
            count(1, 100_000 + record * step);
        }
        harness.getOneInputOperator().finish();

        assertThat(sent()).containsOnly("key1 5 5").hasSize(6);
        assertThat(harness.extractOutputValues())
                .allMatch(partial -> partial.maxEventTime - partial.minEventTime < 5_000);
    }

    @Test
    void shouldKeepPartitionsApartSoThatEachCanBeCorrected() throws Exception {
        open("all:tumbling(10s)", Duration.ZERO);
        for (int partition = 0; partition < 20; partition++) {
            count(1, 1_000, partition);
        }
        harness.processWatermark(Long.MAX_VALUE);

        assertThat(harness.extractOutputValues())
                .allSatisfy(partial -> assertThat(partial.provenance.topicsOnly).isFalse());
        assertThat(harness.extractOutputValues().stream()
                        .mapToLong(partial -> partial.count)
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void shouldHoldNoMoreThanACap() throws Exception {
        open("tumbling(1ms)", Duration.ZERO);
        for (int time = 0; time < PaneCombiner.MAX_HELD - 1; time++) {
            count(1, time);
        }
        assertThat(sent()).isEmpty();

        count(1, PaneCombiner.MAX_HELD);

        assertThat(sent()).hasSize(PaneCombiner.MAX_HELD);
    }

    /** The watermark at which a record must have gone. */
    private static long due(WindowSpec spec, long time) {
        return switch (spec.kind()) {
            case "session" -> time - 1;
            case "global" -> Long.MIN_VALUE;
            default -> spec.firstEnd(time) - 1;
        };
    }

    @Test
    void shouldHoldNoMoreTextsThanACapWhateverAWatermarkFires() throws Exception {
        open("tumbling(10s)", Duration.ZERO);
        count(1, 0);
        for (int pane = 1; pane < 32; pane++) {
            count(-1, pane * 10_000);
        }
        harness.processWatermark(9_999);
        assertThat(sent()).hasSize(1);

        count(-1, 320_000);

        assertThat(sent()).hasSize(33);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tumbling(10s)",
                "all:tumbling(7s,offset=1s)",
                "sliding(10s,4s)",
                "sliding(4s,4s)",
                "session(2s)",
                "calendar(day,Europe/Berlin)",
                "global(count=3)",
                "global(every=5s)"
            })
    void shouldLoseNothingAndComeInTime(String text) throws Exception {
        WindowSpec spec = WindowSpecParser.parse(text);
        var random = new Random(text.hashCode());
        open(text, Duration.ZERO);
        long watermark = NONE;
        Map<String, Long> due = new TreeMap<>();
        List<long[]> open = new ArrayList<>();
        int records = 20_000;
        for (int i = 0; i < records; i++) {
            long time = i * 5L + random.nextInt(8_000) - 4_000;
            long value = random.nextInt(1_000);
            count(value, time, random.nextInt(4));
            open.add(new long[] {value, time});
            if (random.nextInt(20) == 0) {
                watermark = Math.max(watermark, i * 5L - 3_000);
                harness.processWatermark(watermark);
            }
            if (random.nextInt(500) == 0) {
                harness.prepareSnapshotPreBarrier(i);
                open.forEach(record -> due.merge(key(spec, record[0]), record[0], Long::sum));
                open.clear();
                assertThat(sums()).isEqualTo(due);
            }
            if (i % 100 == 0) {
                long now = watermark;
                open.removeIf(record -> {
                    boolean gone = due(spec, record[1]) <= now;
                    if (gone) {
                        due.merge(key(spec, record[0]), record[0], Long::sum);
                    }
                    return gone;
                });
                Map<String, Long> sums = sums();
                due.forEach((key, sum) -> assertThat(sums.getOrDefault(key, 0L)).isGreaterThanOrEqualTo(sum));
            }
        }
        harness.getOneInputOperator().finish();
        open.forEach(record -> due.merge(key(spec, record[0]), record[0], Long::sum));

        assertThat(sums()).isEqualTo(due);
        int partials = harness.extractOutputValues().size();
        if (spec.dependsOnArrival()) {
            assertThat(partials).isEqualTo(records);
        } else {
            assertThat(partials).isLessThan(records);
        }
        assertThat(harness.extractOutputValues()).allSatisfy(partial -> assertOnePane(spec, partial));
    }

    private static String key(WindowSpec spec, long value) {
        return spec.allKeys() ? "" : OF_THREE.key().apply(value);
    }

    private Map<String, Long> sums() {
        Map<String, Long> sums = new TreeMap<>();
        for (Partial partial : harness.extractOutputValues()) {
            sums.merge(partial.key, partial.metrics[0].sum().longValueExact(), Long::sum);
        }
        return sums;
    }

    private static void assertOnePane(WindowSpec spec, Partial partial) {
        if (!(spec instanceof WindowSpec.Session)) {
            assertThat(IntStream.of(0, 1)
                            .mapToLong(i -> spec.firstStart(i == 0 ? partial.minEventTime : partial.maxEventTime))
                            .distinct())
                    .hasSize(1);
        }
        assertThat(Arrays.stream(partial.provenance.ranges)
                        .mapToLong(range -> range.count)
                        .sum())
                .isEqualTo(partial.count);
    }
}
