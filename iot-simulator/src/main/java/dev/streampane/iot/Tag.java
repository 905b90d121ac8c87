// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;

/** A tag: its name, and its values, which are random. The same random numbers give the same values. */
abstract class Tag {

    private final String name;

    private Tag(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** The next value, as text. */
    abstract String next(SplittableRandom random);

    /**
     * A tag whose values are a random walk of numbers. A step is at most a hundredth of the range, or one unit of the last
     * decimal if that is larger.
     *
     * @param min lowest value, inclusive
     * @param max highest value, inclusive
     * @param decimals number of decimals of each value
     */
    static Tag numbers(String name, BigDecimal min, BigDecimal max, int decimals, SplittableRandom random) {
        long lowest = min.movePointRight(decimals).longValueExact();
        long highest = max.movePointRight(decimals).longValueExact();
        long stride = Math.max(1, (highest - lowest) / 100);
        return new Tag(name) {
            private long value = random.nextLong(lowest, highest + 1);

            @Override
            String next(SplittableRandom step) {
                value += step.nextLong(-stride, stride + 1);
                value = Math.max(lowest, Math.min(highest, value));
                return BigDecimal.valueOf(value, decimals).toPlainString();
            }
        };
    }

    /** A tag whose values are texts; it draws a new one for each tenth row on average. */
    static Tag texts(String name, List<String> texts) {
        return new Tag(name) {
            private String text = texts.get(0);

            @Override
            String next(SplittableRandom step) {
                if (step.nextInt(10) == 0) {
                    text = texts.get(step.nextInt(texts.size()));
                }
                return text;
            }
        };
    }
}
