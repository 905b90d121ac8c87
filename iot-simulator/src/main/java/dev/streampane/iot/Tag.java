// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;

/** One tag: a name, and values that drift within their bounds or change now and then. The same random numbers give the same values. */
abstract class Tag {

    private final String name;

    private Tag(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** The value that it shows next, as it is written. */
    abstract String next(SplittableRandom random);

    /**
     * A tag of numbers that walk at random, at most a hundredth of their range at a time or by the smallest step.
     *
     * @param decimals of each value
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

    /** A tag of texts that keeps one for ten rows on average. */
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
