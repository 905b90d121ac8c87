// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import java.math.BigInteger;

/**
 * What a client has paid so far, without refunds.
 *
 * @param last event time of its last payment
 * @param wakeUp time of the timer that checks whether to clear the state; 0 when none is set
 */
public record Earlier(long count, BigInteger sumUnits, long last, long wakeUp) {

    Earlier plus(Payment payment) {
        return new Earlier(
                count + 1, sumUnits.add(BigInteger.valueOf(payment.amountUnits())), payment.eventTime(), wakeUp);
    }

    Earlier wakingUp(long time) {
        return new Earlier(count, sumUnits, last, time);
    }
}
