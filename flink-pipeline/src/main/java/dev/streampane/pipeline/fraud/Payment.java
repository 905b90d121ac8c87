// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.intake.Counted;
import java.math.BigInteger;
import java.util.Comparator;
import org.apache.flink.cep.EventComparator;

/**
 * A transaction, where it lay, and what its client had paid before it: all that a pattern looks at.
 *
 * @param eventTime ms since the epoch
 * @param amountUnits in 10^-4 of the currency unit
 * @param merchant null where there is none
 * @param place null where there is none
 * @param earlierCount how many payments of the client came before, as long as its mean is remembered; refunds do not count
 * @param earlierSumUnits what they add up to
 * @param watermark the watermark that passed it, so that the patterns look at it; {@link Long#MIN_VALUE} while none has
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

    /** By event time, and where that is the same, by partition and offset, which no run changes. */
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

    /** The payment of a transaction, before it is known what came earlier. */
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

    /** The same with what came earlier, passed by a watermark. */
    Payment after(long count, BigInteger sumUnits, long passedBy) {
        return new Payment(
                client, eventTime, topic, partition, offset, amountUnits, merchant, place, count, sumUnits, passedBy);
    }
}
