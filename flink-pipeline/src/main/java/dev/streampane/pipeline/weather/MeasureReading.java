// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import dev.streampane.pipeline.intake.Measures;

/** Temperature and humidity of a device. */
final class MeasureReading implements Measures<DeviceReading> {

    private static final long serialVersionUID = 1L;

    @Override
    public String key(DeviceReading reading) {
        return reading.device();
    }

    @Override
    public long[] metrics(DeviceReading reading) {
        return new long[] {reading.temperatureMicros(), reading.humidityMicros()};
    }
}
