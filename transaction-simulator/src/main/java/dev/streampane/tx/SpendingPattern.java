// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Hundredths;
import java.util.SplittableRandom;

/**
 * How much clients spend: amounts between two bounds, in whole steps from the lower one, distributed evenly, like a bell
 * around the typical amount, or with many small and few large ones. The same random sequence gives the same amounts on
 * every machine.
 */
final class SpendingPattern {

    /** How amounts are distributed between their bounds. */
    enum Distribution {
        /** Every amount as often as the others. */
        UNIFORM,
        /** Around the typical amount; standard deviation is {@code spread} times that amount. */
        NORMAL,
        /** Median is the typical amount; its logarithm's standard deviation is {@code spread}. */
        LOG_NORMAL
    }

    /** An amount outside the bounds is drawn again so often; then it becomes the nearest bound. */
    private static final int DRAWS = 100;

    private final Distribution distribution;
    private final long minHundredths;
    private final long stepHundredths;
    private final long steps;
    private final double typicalHundredths;
    private final double spread;

    SpendingPattern(TxConfig.Amounts config) {
        distribution = config.distribution();
        minHundredths = Hundredths.of(config.min());
        stepHundredths = Hundredths.of(config.step());
        steps = (Hundredths.of(config.max()) - minHundredths) / stepHundredths;
        typicalHundredths = Hundredths.of(config.typical());
        spread = config.spread();
    }

    /** The next amount in hundredths. */
    long next(SplittableRandom random) {
        if (distribution == Distribution.UNIFORM) {
            return amount((long) (random.nextDouble() * (steps + 1)));
        }
        long step = 0;
        for (int i = 0; i < DRAWS; i++) {
            step = Math.round((draw(random) - minHundredths) / stepHundredths);
            if (step >= 0 && step <= steps) {
                break;
            }
        }
        return amount(Math.max(0, Math.min(steps, step)));
    }

    private long amount(long step) {
        return minHundredths + step * stepHundredths;
    }

    private double draw(SplittableRandom random) {
        double deviation = spread * standardNormal(random);
        return distribution == Distribution.NORMAL
                ? typicalHundredths * (1 + deviation)
                : typicalHundredths * StrictMath.exp(deviation);
    }

    /** A draw from N(0, 1), by Box and Muller. */
    static double standardNormal(SplittableRandom random) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }
}
