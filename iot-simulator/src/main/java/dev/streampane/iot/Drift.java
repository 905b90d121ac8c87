// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A measured quantity that drifts like weather: a daily cycle, and a random walk around it that returns to it within
 * about an hour. Values are hundredths and always within {@code [min, max]}.
 *
 * <p>The same arguments and the same times give the same values on every machine: {@link SplittableRandom} is one fixed
 * algorithm, arithmetic is IEEE 754, and the cosine is that of {@link StrictMath}.
 */
final class Drift {

    private static final double DAY_MILLIS = Duration.ofDays(1).toMillis();
    private static final double RELAXATION_MILLIS = Duration.ofHours(1).toMillis();
    private static final double WARMEST_HOUR_MILLIS = Duration.ofHours(15).toMillis();

    /** A uniform number in [-1, 1) times this has a standard deviation of 1. */
    private static final double UNIT_DEVIATION = StrictMath.sqrt(3);

    private final double min;
    private final double max;
    private final double mean;
    private final double amplitude;
    private final double spread;
    private final Optional<Integer> start;
    private final SplittableRandom random;

    private double deviation;
    private long lastMillis;
    private boolean started;

    /**
     * @param min smallest value, inclusive, in hundredths
     * @param max largest value, inclusive, in hundredths
     * @param start the first value, in hundredths; if empty, it lies near the daily cycle
     * @param rising whether the quantity rises by day, as temperature does; false if it falls, as humidity does
     */
    Drift(int min, int max, Optional<Integer> start, boolean rising, SplittableRandom random) {
        double range = (double) max - min;
        this.min = min;
        this.max = max;
        this.start = start;
        this.random = random;
        this.mean = min + range / 2 + range / 8 * symmetric();
        this.amplitude = range / 6 * (rising ? 1 : -1);
        this.spread = range / 24;
    }

    /** The value at a time, in hundredths; the time must not be earlier than that of the previous call. */
    int next(long timeMillis) {
        double cycle = cycle(timeMillis);
        if (!started) {
            started = true;
            deviation = start.isPresent() ? start.get() - cycle : spread * symmetric();
        } else {
            double relaxed = Math.min(1, (timeMillis - lastMillis) / RELAXATION_MILLIS);
            deviation -= relaxed * deviation;
            deviation += noise(Math.min(1, 2 * relaxed));
        }
        lastMillis = timeMillis;
        double value = Math.min(max, Math.max(min, cycle + deviation));
        deviation = value - cycle;
        return (int) Math.rint(value);
    }

    private double noise(double variance) {
        return spread * Math.sqrt(variance) * UNIT_DEVIATION * symmetric();
    }

    private double cycle(long timeMillis) {
        double phase = (timeMillis - WARMEST_HOUR_MILLIS) / DAY_MILLIS;
        return mean + amplitude * StrictMath.cos(2 * Math.PI * (phase - Math.floor(phase)));
    }

    private double symmetric() {
        return 2 * random.nextDouble() - 1;
    }
}
