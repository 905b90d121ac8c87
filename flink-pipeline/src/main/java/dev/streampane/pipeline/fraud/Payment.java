// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.intake.Counted;
import java.math.BigInteger;
import java.util.Comparator;
import org.apache.flink.cep.EventComparator;

/**
 * A transaction with its position in Kafka and what its client had paid before it: everything that a pattern looks at.
 *
 * @param eventTime ms since the epoch
 * @param amountUnits in 10^-4 of the currency unit
 * @param merchant null where there is none
 * @param place null where there is none
 * @param earlierCount the number of earlier payments of the client, as long as its mean is remembered; refunds do not count
 * @param earlierSumUnits the sum of these payments
 * @param watermark the watermark that passed the payment, so that it was given to the patterns; {@link Long#MIN_VALUE} while none has
 */
public record Payment(
        String client,
        long eventTime,
        String topic,
        int partition,
        long offset,
        long amountUnits,
        String merchant,
        Transaction.Place place,
        long earlierCount,
        BigInteger earlierSumUnits,
        long watermark) {

    /** Compares by event time, then by topic, partition and offset, which are the same in every run. */
    static final class InOrder implements EventComparator<Payment> {

        private static final Comparator<Payment> ORDER = Comparator.comparingLong(Payment::eventTime)
                .thenComparing(Payment::topic)
                .thenComparingInt(Payment::partition)
                .thenComparingLong(Payment::offset);

        @Override
        public int compare(Payment one, Payment other) {
            return ORDER.compare(one, other);
        }
    }

    /** The payment of a transaction, without what came earlier. */
    static Payment of(Counted<Transaction> counted) {
        Transaction transaction = counted.value();
        return new Payment(
                transaction.client(),
                counted.eventTime(),
                counted.topic(),
                counted.partition(),
                counted.offset(),
                transaction.amountUnits(),
                transaction.merchant(),
                transaction.place(),
                0,
                BigInteger.ZERO,
                Long.MIN_VALUE);
    }

    /** The same payment with what came earlier and the watermark that passed it. */
    Payment after(long count, BigInteger sumUnits, long passedBy) {
        return new Payment(
                client, eventTime, topic, partition, offset, amountUnits, merchant, place, count, sumUnits, passedBy);
    }
}
