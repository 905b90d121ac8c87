// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.math.BigDecimal;

/** Decimal configuration values as whole hundredths. */
public final class Hundredths {

    /** Decimals of a value. */
    public static final int DECIMALS = 2;

    private Hundredths() {}

    /**
     * @throws ArithmeticException when the value has more than two decimals or is too large
     */
    public static int of(BigDecimal value) {
        return value.movePointRight(DECIMALS).intValueExact();
    }
}
