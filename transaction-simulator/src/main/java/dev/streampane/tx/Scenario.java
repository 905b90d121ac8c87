// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import java.util.List;

/**
 * What a fraudster does, or one who nearly is: a few payments of a client who does nothing else.
 *
 * @param label {@code <pattern>/case/<n>} or {@code <pattern>/near-miss/<n>}: whether the job must raise an alert of that pattern;
 *     by other thresholds than the defaults its payments may make one of another pattern, too
 * @param steps in the order of time
 */
record Scenario(String label, List<Step> steps) {

    /**
     * One payment.
     *
     * @param afterMillis time since the scenario's beginning
     */
    record Step(long afterMillis, long amountHundredths, Transaction.Place place) {}
}
