// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static dev.streampane.pipeline.window.ResultShape.Statistic.AVERAGE;
import static dev.streampane.pipeline.window.ResultShape.Statistic.MAX;
import static dev.streampane.pipeline.window.ResultShape.Statistic.MIN;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.intake.KeyedWindows;
import dev.streampane.pipeline.window.ResultShape;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Averages each device's readings per event-time window.
 *
 * <p>Readings of device1 at 06:00:10 with 19 °C and at 06:00:40 with 20 °C, {@code tumbling(1m)}: once the watermark passes 06:01:00 one
 * result for {@code [06:00, 06:01)} with avg_temp 19.500000, min_temp 19.000000, max_temp 20.000000 and count 2.
 */
public final class WeatherAverageTopology {

    private static final Measures<DeviceReading> MEASURES = new Measures<>(
            DeviceReading::device, reading -> new long[] {reading.temperatureMicros(), reading.humidityMicros()});

    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("temp", ReadingDecoder.SCALE), new Metric("hum", ReadingDecoder.SCALE)),
            List.of(
                    new Column("avg_temp", AVERAGE, 0),
                    new Column("avg_hum", AVERAGE, 1),
                    new Column("min_temp", MIN, 0),
                    new Column("max_temp", MAX, 0),
                    new Column("min_hum", MIN, 1),
                    new Column("max_hum", MAX, 1)));

    private WeatherAverageTopology() {}

    /** All outputs of the job as one stream: results, late records, dead letters, audit lines and corrections. */
    public static DataStream<Output> build(DataStream<Decoded<DeviceReading>> decoded, IntakeSettings settings) {
        return new KeyedWindows<>("reading", TypeInformation.of(DeviceReading.class), MEASURES, SHAPE)
                .over(decoded, settings, "average-per-device");
    }
}
