// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.decode.Decoded;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.eventtime.WatermarksWithIdleness;

/**
 * Watermarks from each partition's own clock: {@code W = C - B - 1}, where the clock C is the one by which {@link Intake} gives its
 * verdicts. So whatever Flink would drop, {@code Intake} has called late before. One that closes a window leaves with the record that
 * moved it, once in a watermark interval, all others at the interval.
 *
 * <p>Must be given to the source, which keeps one generator per split. Rejects neither move the watermark nor keep a partition from
 * turning idle: their times may be "now" while good records are replayed.
 */
public final class ClockWatermarks<T> implements WatermarkStrategy<Decoded<T>> {

    private final long outOfOrderness;
    private final long skew;
    private final Duration idleAfter;
    private final List<WindowSpec> windows;

    /** Watermarks by the settings' out-of-orderness, skew, idle-after and windows. */
    public ClockWatermarks(IntakeSettings settings) {
        this.outOfOrderness = settings.outOfOrderness().toMillis();
        this.skew = settings.skew().toMillis();
        this.idleAfter = settings.idleAfter();
        this.windows = settings.specs().stream()
                .filter(spec -> !(spec instanceof WindowSpec.None))
                .toList();
    }

    @Override
    public WatermarkGenerator<Decoded<T>> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        var clock = new ClockGenerator<T>(outOfOrderness, windows);
        WatermarkGenerator<Decoded<T>> generator = idleAfter.isZero()
                ? clock
                : new WatermarksWithIdleness<>(clock, idleAfter, context.getInputActivityClock());
        return new ValidOnly<>(generator, skew);
    }

    /** Event times of valid records; the timestamp of a reject means nothing. */
    @Override
    public TimestampAssigner<Decoded<T>> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (decoded, ignored) -> decoded.eventTime();
    }

    /** Lets through what moves a clock: valid records and heartbeats. */
    private record ValidOnly<T>(WatermarkGenerator<Decoded<T>> generator, long skew)
            implements WatermarkGenerator<Decoded<T>> {

        @Override
        public void onEvent(Decoded<T> decoded, long timestamp, WatermarkOutput output) {
            if (!decoded.rejected() && !PartitionClock.isFuture(decoded, skew)) {
                generator.onEvent(decoded, timestamp, output);
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            generator.onPeriodicEmit(output);
        }
    }

    private static final class ClockGenerator<T> implements WatermarkGenerator<Decoded<T>> {

        private final long outOfOrderness;
        private final List<WindowSpec> windows;
        private long clock = PartitionClock.NONE;

        /** The watermark that closes a window and need not wait; none when one has left since the last interval. */
        private long closing = Long.MAX_VALUE;

        ClockGenerator(long outOfOrderness, List<WindowSpec> windows) {
            this.outOfOrderness = outOfOrderness;
            this.windows = windows;
        }

        @Override
        public void onEvent(Decoded<T> decoded, long timestamp, WatermarkOutput output) {
            clock = Math.max(clock, PartitionClock.clockTime(decoded));
            if (watermark() >= closing) {
                output.emitWatermark(new Watermark(watermark()));
                closing = Long.MAX_VALUE;
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (clock != PartitionClock.NONE) {
                output.emitWatermark(new Watermark(watermark()));
                closing = windows.stream()
                        .mapToLong(window -> window.firstEnd(watermark() + 1) - 1)
                        .min()
                        .orElse(Long.MAX_VALUE);
            }
        }

        private long watermark() {
            return clock - outOfOrderness - 1;
        }
    }
}
