// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.contract.WindowId;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.contract.Alert.Evidence;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.window.JobLabel;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableFunction;

/** Makes an alert of each match. Its id consists of the job, the pattern, the client and the position of the first payment. */
final class RaiseAlert extends PatternProcessFunction<Payment, Alert> {

    private static final int MAX_NAME = 256;

    private final JobLabel label;
    private final String pattern;
    private final SerializableFunction<List<Payment>, Finding> finding;

    RaiseAlert(JobLabel label, String pattern, SerializableFunction<List<Payment>, Finding> finding) {
        this.label = label;
        this.pattern = pattern;
        this.finding = finding;
    }

    @Override
    public void processMatch(Map<String, List<Payment>> match, Context context, Collector<Alert> out) {
        List<Payment> payments = match.values().stream()
                .flatMap(List::stream)
                .sorted(new Payment.InOrder())
                .toList();
        Payment first = payments.get(0);
        Payment last = payments.get(payments.size() - 1);
        Finding found = finding.apply(payments);
        out.collect(new Alert(
                id(first),
                label.job(),
                label.generation(),
                pattern,
                first.client(),
                found.score(),
                found.reason(),
                Instant.ofEpochMilli(first.eventTime()),
                Instant.ofEpochMilli(last.eventTime()),
                payments.stream().map(RaiseAlert::evidence).toList(),
                watermark(last),
                label.jobVersion()));
    }

    private String id(Payment first) {
        return String.join("~", label.job(), pattern, WindowId.key(first.client()), first.topic())
                + '-'
                + first.partition()
                + '-'
                + first.offset();
    }

    /** The watermark that completed the match; null for the final watermark of an ended input, {@code Long.MAX_VALUE}, which is no readable time. */
    private static Instant watermark(Payment last) {
        return last.watermark() == Long.MAX_VALUE ? null : Instant.ofEpochMilli(last.watermark());
    }

    private static Evidence evidence(Payment payment) {
        boolean placed = payment.place() != null;
        return new Evidence(
                payment.topic(),
                payment.partition(),
                payment.offset(),
                Instant.ofEpochMilli(payment.eventTime()),
                Finding.amount(payment.amountUnits()),
                named(payment.merchant()),
                placed ? degrees(payment.place().latitudeMicros()) : null,
                placed ? degrees(payment.place().longitudeMicros()) : null);
    }

    /** The merchant's name, cut to {@value #MAX_NAME} chars: an alert holds one for each of its payments and must fit into a message. */
    private static String named(String merchant) {
        if (merchant == null || merchant.length() <= MAX_NAME) {
            return merchant;
        }
        return merchant.substring(
                0, Character.isHighSurrogate(merchant.charAt(MAX_NAME - 1)) ? MAX_NAME - 1 : MAX_NAME);
    }

    private static BigDecimal degrees(int micros) {
        return BigDecimal.valueOf(micros, TransactionDecoder.DEGREE_SCALE);
    }
}
