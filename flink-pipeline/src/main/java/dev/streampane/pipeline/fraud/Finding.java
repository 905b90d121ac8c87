// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.TransactionDecoder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/**
 * The score and the reason of an alert, computed from the payments that matched.
 *
 * @param score 1 - threshold / observed, from 0 to 1, 3 decimals
 * @param reason one sentence
 */
record Finding(BigDecimal score, String reason) {

    private static final int SCORE_SCALE = 3;

    static Finding smallThenLarge(List<Payment> payments, Thresholds.SmallThenLarge limits) {
        Payment small = payments.get(0);
        Payment large = payments.get(1);
        return new Finding(
                score(amount(limits.largeUnits()), amount(large.amountUnits())),
                sentence(
                        "a payment of %s and %s s later one of %s",
                        amount(small.amountUnits()),
                        seconds(large.eventTime() - small.eventTime()),
                        amount(large.amountUnits())));
    }

    static Finding manyTransactions(List<Payment> payments, Thresholds.ManyTransactions limits) {
        long millis =
                payments.get(payments.size() - 1).eventTime() - payments.get(0).eventTime();
        long window = limits.window().toMillis();
        return new Finding(
                score(BigDecimal.valueOf(millis), BigDecimal.valueOf(window)),
                sentence(
                        "%d payments in %s s, more than %d in less than %s s",
                        payments.size(), seconds(millis), limits.count(), seconds(window)));
    }

    static Finding unusualAmount(List<Payment> payments, Thresholds.UnusualAmount limits) {
        Payment payment = payments.get(0);
        BigDecimal amount = amount(payment.amountUnits());
        BigDecimal sum = new BigDecimal(payment.earlierSumUnits(), TransactionDecoder.SCALE);
        BigDecimal count = BigDecimal.valueOf(payment.earlierCount());
        return new Finding(
                score(limits.factor().multiply(sum), amount.multiply(count)),
                sentence(
                        "a payment of %s, more than %s times the mean %s of the %d before it",
                        amount,
                        limits.factor().stripTrailingZeros().toPlainString(),
                        sum.divide(count, TransactionDecoder.SCALE, RoundingMode.FLOOR),
                        payment.earlierCount()));
    }

    static Finding impossibleTravel(List<Payment> payments, Thresholds.ImpossibleTravel limits) {
        Payment here = payments.get(0);
        Payment there = payments.get(1);
        double kilometres = GreatCircle.kilometres(here.place(), there.place());
        long millis = there.eventTime() - here.eventTime();
        double speed = GreatCircle.speedKmh(kilometres, millis);
        return new Finding(
                score(
                        BigDecimal.valueOf(GreatCircle.reachKilometres(limits.maxSpeedKmh(), millis)),
                        BigDecimal.valueOf(kilometres)),
                sentence(
                        "payments of %s and %s, %.0f km and %s s apart: %s",
                        amount(here.amountUnits()),
                        amount(there.amountUnits()),
                        kilometres,
                        seconds(millis),
                        millis == 0 ? "at the same time" : sentence("%.0f km/h", speed)));
    }

    private static String sentence(String format, Object... figures) {
        return String.format(Locale.ROOT, format, figures);
    }

    private static BigDecimal score(BigDecimal threshold, BigDecimal observed) {
        return BigDecimal.ONE
                .subtract(threshold.divide(observed, SCORE_SCALE, RoundingMode.HALF_EVEN))
                .max(BigDecimal.ZERO)
                .setScale(SCORE_SCALE, RoundingMode.HALF_EVEN);
    }

    /** The amount in the currency unit, with all its decimals. */
    static BigDecimal amount(long units) {
        return BigDecimal.valueOf(units, TransactionDecoder.SCALE);
    }

    private static String seconds(long millis) {
        return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
    }
}
