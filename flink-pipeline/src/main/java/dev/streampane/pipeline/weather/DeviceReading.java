// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

/**
 * One reading of a weather device. Contract {@code device-reading/v1}; the event time is kept outside of it.
 *
 * @param device the device's id, 1 to 256 bytes in UTF-8
 * @param temperatureMicros temperature in 10^-6 °C
 * @param humidityMicros relative humidity in 10^-6 percent
 */
public record DeviceReading(String device, long temperatureMicros, long humidityMicros) {}
