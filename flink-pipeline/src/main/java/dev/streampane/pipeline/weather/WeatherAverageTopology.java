// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.IntakeSettings;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Everything that {@code weather-average} says about its input, per device and event-time window. */
public final class WeatherAverageTopology {

    private WeatherAverageTopology() {}

    /** Results, late records, dead letters and audit lines as one stream. */
    public static DataStream<Output> build(
            DataStream<Decoded<DeviceReading>> decoded, IntakeSettings settings) {
        throw new UnsupportedOperationException("not wired yet");
    }
}
