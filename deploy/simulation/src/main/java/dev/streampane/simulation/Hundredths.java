// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.math.BigDecimal;

/** Converts decimal configuration values to whole hundredths. */
public final class Hundredths {

    /** Number of decimals of a value. */
    public static final int DECIMALS = 2;

    private Hundredths() {}

    /**
     * Converts a value to hundredths.
     *
     * @throws ArithmeticException if the value has more than two decimals or is too large
     */
    public static int of(BigDecimal value) {
        return value.movePointRight(DECIMALS).intValueExact();
    }
}
