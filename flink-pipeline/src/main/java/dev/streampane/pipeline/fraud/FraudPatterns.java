// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import java.math.BigDecimal;
import java.time.Duration;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;

/**
 * The patterns that are suspicious, per client and in the order of event time.
 *
 * <p>Every pattern skips past the last event of a match, so that no payment is in two alerts of one pattern. Every pattern has a {@code within}:
 * the first and the last payment of a match are less than that apart, and the operator drops a partial match that is older.
 */
final class FraudPatterns {

    private static final AfterMatchSkipStrategy EACH_PAYMENT_ONCE = AfterMatchSkipStrategy.skipPastLastEvent();

    private FraudPatterns() {}

    /**
     * A small payment whose next payment is large, in a stream of {@linkplain #isSmallOrLarge small and large payments} only.
     *
     * <p>1 at 0 s, 40 at 10 s, 500 at 59.999 s: one match, of the first and the last. 500 at 60 s: none. 1 at 0 s, 1 at 5 s, 500 at 10 s: one
     * match, of the second and the last.
     *
     * <p>No large payment is missed, because the last small one before it is the nearest in time. If small payments waited for any later
     * payment, each of them would be compared with each payment of the window.
     */
    static Pattern<Payment, ?> smallThenLarge(Thresholds.SmallThenLarge limits) {
        return Pattern.<Payment>begin("small", EACH_PAYMENT_ONCE)
                .where(SimpleCondition.of(payment -> isSmall(payment, limits)))
                .next("large")
                .where(SimpleCondition.of(payment -> isLarge(payment, limits)))
                .within(limits.window());
    }

    /**
     * One payment more than allowed, of any amount.
     *
     * <p>count 2, window 1 min, payments at 0, 20, 40, 50, 80, 100 s: two matches, of 0 20 40 and of 50 80 100; {@link OncePerBurst} lets only
     * the first become an alert.
     */
    static Pattern<Payment, ?> manyTransactions(Thresholds.ManyTransactions limits) {
        return Pattern.<Payment>begin("payments", EACH_PAYMENT_ONCE)
                .times(limits.count() + 1)
                .within(limits.window());
    }

    /**
     * A payment of more than {@code factor} times the mean of those before it.
     *
     * <p>factor 10, minCount 3, payments of 20, 20, 20: 200 does not match, 200.0001 does. After 20, 20 nothing does.
     */
    static Pattern<Payment, ?> unusualAmount(Thresholds.UnusualAmount limits) {
        return Pattern.<Payment>begin("payment", EACH_PAYMENT_ONCE)
                .where(SimpleCondition.of(payment -> isUnusual(payment, limits)))
                .within(Duration.ofMillis(1));
    }

    /**
     * Two consecutive purchases {@linkplain #canTravel of high value and with a place} where nobody can travel from the first to the second in
     * the time between them.
     *
     * <p>900 km/h, window 1 h, 300 in Berlin at 0 min, 300 in New York at 30 min (6,385 km, 12,770 km/h): a match. 300 in Munich (504 km) at 34
     * min: none.
     *
     * <p>It is enough to compare consecutive purchases: if each leg of a journey can be travelled, so can the whole journey. If a purchase
     * waited for more than the next one, it would hold back the matches that begin after it until the window ends.
     */
    static Pattern<Payment, ?> impossibleTravel(Thresholds.ImpossibleTravel limits) {
        return Pattern.<Payment>begin("here", EACH_PAYMENT_ONCE)
                .next("there")
                .where(new TooFarFromHere(limits.maxSpeedKmh()))
                .within(limits.window());
    }

    /** Whether the payment can be part of a match of {@link #smallThenLarge}. */
    static boolean isSmallOrLarge(Payment payment, Thresholds.SmallThenLarge limits) {
        return isSmall(payment, limits) || isLarge(payment, limits);
    }

    private static boolean isSmall(Payment payment, Thresholds.SmallThenLarge limits) {
        return payment.amountUnits() > 0 && payment.amountUnits() <= limits.smallUnits();
    }

    private static boolean isLarge(Payment payment, Thresholds.SmallThenLarge limits) {
        return payment.amountUnits() >= limits.largeUnits();
    }

    static boolean canTravel(Payment payment, Thresholds.ImpossibleTravel limits) {
        return payment.amountUnits() >= limits.highUnits() && payment.place() != null;
    }

    /** amount > factor * sum / count, without division. */
    private static boolean isUnusual(Payment payment, Thresholds.UnusualAmount limits) {
        if (payment.earlierCount() < limits.minCount()) {
            return false;
        }
        BigDecimal amount =
                BigDecimal.valueOf(payment.amountUnits()).multiply(BigDecimal.valueOf(payment.earlierCount()));
        return amount.compareTo(limits.factor().multiply(new BigDecimal(payment.earlierSumUnits()))) > 0;
    }

    /** Whether the payment is too far from the earlier payment of the match for the time between them. */
    private static final class TooFarFromHere extends IterativeCondition<Payment> {

        private final int maxSpeedKmh;

        TooFarFromHere(int maxSpeedKmh) {
            this.maxSpeedKmh = maxSpeedKmh;
        }

        @Override
        public boolean filter(Payment there, Context<Payment> context) throws Exception {
            Payment here = context.getEventsForPattern("here").iterator().next();
            return GreatCircle.kilometres(here.place(), there.place())
                    > GreatCircle.reachKilometres(maxSpeedKmh, there.eventTime() - here.eventTime());
        }
    }
}
