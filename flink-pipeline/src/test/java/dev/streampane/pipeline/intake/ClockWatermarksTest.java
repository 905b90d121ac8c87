// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.testing.TestSettings;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

/** B 5 s; times are ms after the append time of the test records. */
class ClockWatermarksTest {

    private static final TestSettings SETTINGS = TestSettings.of("weather-average");
    private static final long NOW = FetchedRecords.APPEND_TIME;

    private final ManualClock time = new ManualClock();
    private final RecordedOutput output = new RecordedOutput();

    private static final class RecordedOutput implements WatermarkOutput {
        private long watermark = Long.MIN_VALUE;
        private boolean idle;

        @Override
        public void emitWatermark(Watermark emitted) {
            watermark = emitted.getTimestamp();
            idle = false;
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    }

    private WatermarkGenerator<Decoded<String>> generator(TestSettings settings) {
        return new ClockWatermarks<String>(settings.intake())
                .createWatermarkGenerator(new WatermarkGeneratorSupplier.Context() {
                    @Override
                    public MetricGroup getMetricGroup() {
                        return new UnregisteredMetricsGroup();
                    }

                    @Override
                    public RelativeClock getInputActivityClock() {
                        return time;
                    }
                });
    }

    private static Decoded<String> value(long eventTime) {
        return Decoded.value(FetchedRecords.of("{}"), "a value", NOW + eventTime);
    }

    private static Decoded<String> reject() {
        return Decoded.rejected(FetchedRecords.of("{"), RejectReason.NOT_JSON, "not JSON");
    }

    private void feed(WatermarkGenerator<Decoded<String>> generator, Decoded<String> decoded) {
        generator.onEvent(decoded, decoded.eventTime(), output);
        generator.onPeriodicEmit(output);
    }

    @Test
    void shouldFollowTheClockByTheBoundAndOneMillisecond() {
        // Given
        WatermarkGenerator<Decoded<String>> generator = generator(SETTINGS);

        // When
        feed(generator, value(-10_000));
        feed(generator, value(-20_000));

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 10_000 - 5_001);
    }

    @Test
    void shouldCloseAWindowWithTheRecordThatMovedTheClock() {
        // Given: windows of a minute, one of which ends a minute before NOW
        WatermarkGenerator<Decoded<String>> generator = generator(SETTINGS);
        feed(generator, value(-80_000));
        long begin = output.watermark;

        // When
        generator.onEvent(value(-70_000), NOW - 70_000, output);

        // Then
        assertThat(output.watermark).isEqualTo(begin);

        // When: it is now as far behind as records may be out of order
        generator.onEvent(value(-55_000), NOW - 55_000, output);

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 60_001);

        // When: another minute has gone within the same interval
        generator.onEvent(value(5_000), NOW + 5_000, output);

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 60_001);
    }

    @Test
    void shouldNotGoBeyondTheAppendTime() {
        // When
        feed(generator(SETTINGS), value(200_000));

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 5_001);
    }

    @Test
    void shouldTakeHeartbeats() {
        // When
        feed(generator(SETTINGS), Decoded.heartbeat(FetchedRecords.of("{}"), NOW - 1));

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 5_002);
    }

    @Test
    void shouldNotBeMovedByRejects() {
        // Given
        WatermarkGenerator<Decoded<String>> generator = generator(SETTINGS);
        feed(generator, value(-10_000));

        // When
        feed(generator, reject());
        feed(generator, value(300_001));

        // Then
        assertThat(output.watermark).isEqualTo(NOW - 10_000 - 5_001);
    }

    @Test
    void shouldSayNothingBeforeTheFirstValidRecord() {
        // When
        feed(generator(SETTINGS), reject());

        // Then
        assertThat(output.watermark).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void shouldNeverTurnIdleUnlessAskedTo() {
        // Given
        WatermarkGenerator<Decoded<String>> generator = generator(SETTINGS);
        feed(generator, value(0));

        // When
        time.advanceTime(Duration.ofDays(1));
        generator.onPeriodicEmit(output);

        // Then
        assertThat(output.idle).isFalse();
    }

    @Test
    void shouldTurnIdleThoughRejectsComeIn() {
        // Given
        WatermarkGenerator<Decoded<String>> generator = generator(SETTINGS.idleAfter(Duration.ofSeconds(30)));
        feed(generator, value(0));
        generator.onPeriodicEmit(output);

        // When
        for (int second = 0; second <= 31; second++) {
            time.advanceTime(Duration.ofSeconds(1));
            feed(generator, reject());
        }

        // Then
        assertThat(output.idle).isTrue();
        feed(generator, value(1));
        assertThat(output.idle).isFalse();
    }
}
