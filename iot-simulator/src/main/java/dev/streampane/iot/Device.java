// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

/** One device: its id and how what it measures drifts. */
record Device(String id, Drift temperature, Drift humidity) {

    /** Measures at a moment, which must not lie before the last one. */
    DeviceReading read(long eventTimeMillis) {
        return new DeviceReading(
                id, eventTimeMillis, temperature.next(eventTimeMillis), humidity.next(eventTimeMillis));
    }
}
