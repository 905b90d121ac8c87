// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;

/** The allowed values of fault settings, in the configuration and in REST requests. */
public final class FaultLimits {

    public static final String PROBABILITY = "a number from 0 to 1";
    public static final String DELAY = "a duration from 1ms to 30d";
    public static final String CLOCK_SHIFT = "a duration from -36500d to 36500d, not 0";
    public static final String COPIES = "a whole number from 2 to 1000";
    public static final String KINDS =
            "a list of empty, not-utf8, not-json, not-object, missing, null, type, range, too-long, too-deep,"
                    + " too-big, duplicate-key, trailing, unknown-type";

    private FaultLimits() {}

    static boolean probability(double value) {
        return value >= 0 && value <= 1;
    }

    public static boolean delay(Duration value) {
        return value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(Duration.ofDays(30)) <= 0;
    }

    static boolean clockShift(Duration value) {
        Duration most = Duration.ofDays(36_500);
        return !value.isZero() && value.compareTo(most) <= 0 && value.compareTo(most.negated()) >= 0;
    }

    static boolean copies(int value) {
        return value >= 2 && value <= 1000;
    }
}
