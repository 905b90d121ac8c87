// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.time.Duration;

/** The settings that a record's fate depends on, for tumbling windows aligned to the epoch. */
record WindowRule(String spec, Duration size, Duration outOfOrderness, Duration allowedLateness, Duration skew) {

    static WindowRule tumbling(Duration size) {
        return new WindowRule(
                "tumbling(" + size.toSeconds() + "s)",
                size,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5));
    }

    long start(long eventTime) {
        return Math.floorDiv(eventTime, size.toMillis()) * size.toMillis();
    }

    long end(long eventTime) {
        return start(eventTime) + size.toMillis();
    }

    /** The same windows with another bound and another lateness. */
    WindowRule with(Duration outOfOrderness, Duration allowedLateness) {
        return new WindowRule(spec, size, outOfOrderness, allowedLateness, skew);
    }
}
