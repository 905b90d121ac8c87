// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.PartialSerializer;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What the size of a sliding window costs: the same readings and the same slide of 1 s, windows of 10 s and of 600 s, on a cluster in this
 * process, from the first reading to the watermark of the last. The cost is the process's CPU time, the least of up to three runs that take
 * turns: others on the machine take the caches from the longer windows' larger state, so they can only add to it. The elapsed time is
 * printed beside it. Without checkpoints, for the longer windows' state is larger by its nature.
 */
@Tag("campaign")
class SlidingCostIT {

    private static final int READINGS = 10_000_000;
    private static final int WARM_UP = 1_000_000;
    private static final int KEYS = 1_000;
    private static final long SPAN_MILLIS = 600_000;
    private static final double AT_MOST = 2.0;
    private static final int RUNS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Map<String, Meter> METERS = new ConcurrentHashMap<>();

    /** A moment in wall-clock and CPU time of this process, and how many results there were by then. */
    private record Moment(long wallNanos, long cpuNanos, long results) {

        static Moment now(long results) {
            var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Moment(System.nanoTime(), system.getProcessCpuTime(), results);
        }
    }

    /** When a run's first reading came, and when the watermark of its last. */
    private record Meter(CompletableFuture<Moment> begin, CompletableFuture<Moment> end) {

        static Meter of(String run) {
            return METERS.computeIfAbsent(
                    run, ignored -> new Meter(new CompletableFuture<>(), new CompletableFuture<>()));
        }
    }

    /** What a run took. */
    private record Cost(double cpuSeconds, double seconds, long results) {

        Cost orLess(Cost other) {
            return other == null || cpuSeconds < other.cpuSeconds ? this : other;
        }
    }

    /** Readings evenly over the time and the keys, in the order of their event times. */
    private record Readings(int count) implements Serializable {

        NumberSequenceSource source() {
            return new NumberSequenceSource(0, count - 1);
        }

        long time(long number) {
            return number * SPAN_MILLIS / count;
        }

        Partial partial(long number) {
            int device = (int) (number * 7_919 % KEYS);
            return Partials.of(
                    "device" + device,
                    time(number),
                    "device-readings",
                    device % 4,
                    number,
                    number % 40_000_000,
                    number % 100_000_000);
        }

        /** B is 0. A watermark each quarter of a second of event time, and one after the last reading. */
        WatermarkStrategy<Long> watermarks() {
            return WatermarkStrategy.<Long>forGenerator(context -> new Quarters(time(count - 1)))
                    .withTimestampAssigner((number, ignored) -> time(number));
        }
    }

    private static final class Quarters implements WatermarkGenerator<Long> {

        private static final long QUARTER_MILLIS = 250;

        private final long last;
        private long next = QUARTER_MILLIS;

        Quarters(long last) {
            this.last = last;
        }

        @Override
        public void onEvent(Long number, long time, WatermarkOutput output) {
            if (time >= next || time == last) {
                output.emitWatermark(new Watermark(time - 1));
                next = time - time % QUARTER_MILLIS + QUARTER_MILLIS;
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }

    /**
     * Counts the results of windows that the last watermark has passed, by the timestamp of each, the window's last millisecond. Results of
     * the end of input can come before that watermark: it waits for the way of the corrections, too.
     */
    private record Discard(String run, long lastWatermark) implements Sink<Output> {

        @Override
        public SinkWriter<Output> createWriter(WriterInitContext context) {
            Meter meter = Meter.of(run);
            return new SinkWriter<>() {
                private long results;

                @Override
                public void write(Output output, Context context) {
                    if (output.channel() == Output.Channel.RESULTS && context.timestamp() <= lastWatermark) {
                        results++;
                    }
                }

                @Override
                public void writeWatermark(Watermark watermark) {
                    if (watermark.getTimestamp() == lastWatermark) {
                        meter.end.complete(Moment.now(results));
                    }
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }
    }

    private static Cost cost(String windows, int count) throws Exception {
        var readings = new Readings(count);
        String run = UUID.randomUUID().toString();
        var env = StreamExecutionEnvironment.getExecutionEnvironment(configuration());
        env.setParallelism(1);
        var partials = env.fromSource(readings.source(), readings.watermarks(), "readings")
                .map(number -> {
                    if (number == 0) {
                        Meter.of(run).begin.complete(Moment.now(0));
                    }
                    return readings.partial(number);
                })
                .returns(PartialSerializer.TYPE);
        new PaneResults(
                        new JobLabel("cost", 1, "1.0.0", "UTC"),
                        shape(),
                        new Firing(Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO))
                .over(partials, WindowSpecParser.parse(windows), "cost")
                .sinkTo(new Discard(run, readings.time(count - 1) - 1));
        var job = env.executeAsync();
        Meter meter = Meter.of(run);
        Moment end = meter.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Moment begin = meter.begin.join();
        job.cancel().join();
        return new Cost((end.cpuNanos - begin.cpuNanos) / 1e9, (end.wallNanos - begin.wallNanos) / 1e9, end.results);
    }

    private static Configuration configuration() {
        var configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        return configuration;
    }

    private static ResultShape shape() {
        return new ResultShape(
                List.of(new Metric("temp", 6), new Metric("hum", 6)),
                List.of(
                        new Column("avg_temp", Statistic.AVERAGE, 0),
                        new Column("avg_hum", Statistic.AVERAGE, 1),
                        new Column("min_temp", Statistic.MIN, 0),
                        new Column("max_temp", Statistic.MAX, 0)));
    }

    @Test
    void shouldCostAtMostTwiceAsMuchWhenWindowsAreSixtyTimesAsLong() throws Exception {
        // Given
        cost("sliding(10s,1s)", WARM_UP);
        cost("sliding(10m,1s)", WARM_UP);

        // When
        Cost shorter = null;
        Cost longer = null;
        double ratio = Double.MAX_VALUE;
        for (int run = 1; run <= RUNS && ratio > AT_MOST; run++) {
            shorter = cost("sliding(10s,1s)", READINGS).orLess(shorter);
            longer = cost("sliding(10m,1s)", READINGS).orLess(longer);
            ratio = longer.cpuSeconds / shorter.cpuSeconds;
            System.out.printf(
                    "%,d readings of %,d keys over %d s, run %d: sliding(10s,1s) %.1f s CPU, %.1f s elapsed,"
                            + " %,d results; sliding(10m,1s) %.1f s CPU, %.1f s elapsed, %,d results;"
                            + " ratio %.2f%n",
                    READINGS,
                    KEYS,
                    SPAN_MILLIS / 1_000,
                    run,
                    shorter.cpuSeconds,
                    shorter.seconds,
                    shorter.results,
                    longer.cpuSeconds,
                    longer.seconds,
                    longer.results,
                    ratio);
        }

        // Then
        assertThat(longer.results).isEqualTo(shorter.results).isEqualTo(599L * KEYS);
        assertThat(ratio).isLessThanOrEqualTo(AT_MOST);
    }
}
