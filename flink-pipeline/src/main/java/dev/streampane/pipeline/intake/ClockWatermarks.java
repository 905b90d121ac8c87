// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.decode.Decoded;
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
 * Watermarks from each partition's own clock: {@code W = C - B - 1}, where the clock C is the one from which {@link Intake} gives its
 * verdicts (B: out-of-orderness). So Flink drops only records that {@code Intake} has already called late. A watermark that closes a window
 * is emitted with the record that advanced it, at most once per watermark interval; all other watermarks are emitted at the interval.
 *
 * <p>Must be given to the source, which keeps one generator per split. Rejected records neither advance the watermark nor keep a partition
 * from becoming idle: their times may be "now" while valid records are replayed.
 *
 * @param settings of the job: out-of-orderness, skew, idle-after and windows
 */
public record ClockWatermarks<T>(IntakeSettings settings) implements WatermarkStrategy<Decoded<T>> {

    @Override
    public WatermarkGenerator<Decoded<T>> createWatermarkGenerator(WatermarkGeneratorSupplier.Context context) {
        List<WindowSpec> windows = settings.specs().stream()
                .filter(spec -> !(spec instanceof WindowSpec.None))
                .toList();
        var clock = new ClockGenerator<T>(settings.outOfOrderness().toMillis(), windows);
        WatermarkGenerator<Decoded<T>> generator = settings.idleAfter().isZero()
                ? clock
                : new WatermarksWithIdleness<>(clock, settings.idleAfter(), context.getInputActivityClock());
        return new ValidOnly<>(generator, settings.skew().toMillis());
    }

    /** Assigns event times; the timestamp of a rejected record has no meaning. */
    @Override
    public TimestampAssigner<Decoded<T>> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (decoded, ignored) -> decoded.eventTime();
    }

    /** Passes on only what advances a clock: valid records and heartbeats. */
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

        /** The watermark that closes the next window and is emitted at once; Long.MAX_VALUE after one was emitted in this interval. */
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
