// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.Hundredths;
import java.util.SplittableRandom;

/**
 * The amounts that clients pay: between two bounds, in whole steps from the lower one, with a uniform, normal or log-normal
 * distribution. The same random sequence gives the same amounts on every machine.
 */
final class SpendingPattern {

    /** How amounts are distributed between their bounds. */
    enum Distribution {
        /** All amounts are equally likely. */
        UNIFORM,
        /** Normal around the typical amount; the standard deviation is {@code spread} times that amount. */
        NORMAL,
        /** The median is the typical amount; the standard deviation of the logarithm is {@code spread}. */
        LOG_NORMAL
    }

    /** Maximum number of draws while the amount is outside the bounds; after them it becomes the nearest bound. */
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

    /** Draws from the standard normal distribution, by the Box-Muller transform. */
    static double standardNormal(SplittableRandom random) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }
}
