// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

/**
 * What a device measured at one time. Numbers are fixed-point, so that the same reading always has the same bytes.
 *
 * @param device the device's id, which is also the Kafka key
 * @param eventTimeMillis time of the measurement in milliseconds since 1970-01-01T00:00:00Z
 * @param temperatureHundredths temperature in hundredths of a degree Celsius
 * @param humidityHundredths relative humidity in hundredths of a percent
 */
public record DeviceReading(String device, long eventTimeMillis, int temperatureHundredths, int humidityHundredths) {}
