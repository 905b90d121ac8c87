// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.math.BigDecimal;

/** Decimal configuration values as whole hundredths. */
final class Hundredths {

    static final int DECIMALS = 2;

    private Hundredths() {}

    /**
     * @throws ArithmeticException when the value has more than two decimals or is too large
     */
    static int of(BigDecimal value) {
        return value.movePointRight(DECIMALS).intValueExact();
    }
}
