// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.util.List;

/**
 * A few payments that are a fraud (a case) or nearly one (a near miss), by a client that makes no other payments.
 *
 * @param label {@code <pattern>/case/<n>} if the job must raise an alert of that pattern, {@code <pattern>/near-miss/<n>} if it must not;
 *     with thresholds other than the defaults, the payments may also raise an alert of another pattern
 * @param steps the payments, in the order of time
 */
record Scenario(String label, List<Step> steps) {

    /**
     * One payment.
     *
     * @param afterMillis time since the beginning of the scenario, in ms
     */
    record Step(long afterMillis, long amountHundredths, Transaction.Place place) {}
}
