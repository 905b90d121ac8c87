// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.intake.Admission;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.state.PaymentSerializer;
import dev.streampane.pipeline.state.StateTypeInfo;
import dev.streampane.pipeline.window.CorrectDropped;
import dev.streampane.pipeline.window.JobLabel;
import dev.streampane.pipeline.window.WatermarkKeeper;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.PatternStream;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.SerializableFunction;

/**
 * Looks for patterns of fraud in each client's payments.
 *
 * <p>Client 7 pays 1 at 06:00:00 and 1500 at 06:00:20: once the watermark passes 06:00:20 there is one alert, {@code small-then-large}.
 *
 * <p>One subtask handles a client from its mean to its alerts, with no further exchange between the operators. A payment that is late for one
 * operator is therefore late for all of them, and only the operator that counts payments reports it.
 */
public final class FraudDetectionTopology {

    private static final TypeInformation<Payment> PAYMENT = new StateTypeInfo<>(Payment.class, new PaymentSerializer());
    private static final TypeInformation<Alert> ALERT = TypeInformation.of(Alert.class);
    private static final OutputTag<Payment> DROPPED = new OutputTag<>("dropped", PAYMENT);

    private final DataStream<Payment> payments;
    private final IntakeSettings settings;

    private FraudDetectionTopology(DataStream<Payment> payments, IntakeSettings settings) {
        this.payments = payments;
        this.settings = settings;
    }

    /** All outputs of the job as one stream: alerts, late records, dead letters, audit lines and corrections. */
    public static DataStream<Output> build(
            DataStream<Decoded<Transaction>> decoded, IntakeSettings settings, Thresholds thresholds) {
        Admission<Transaction> admitted =
                Admission.of(decoded, TypeInformation.of(Transaction.class), settings, "transaction-intake");
        KeyedStream<Counted<Transaction>, String> byClient =
                admitted.counted().keyBy(counted -> counted.value().client(), Types.STRING);
        SingleOutputStreamOperator<Payment> payments = WatermarkKeeper.behind(byClient, "payments-watermark")
                .process(new JoinMean(thresholds.unusualAmount().timeToLive()), PAYMENT)
                .uid("mean-per-client")
                .name("mean-per-client");
        return new FraudDetectionTopology(payments, settings).alerts(thresholds).union(admitted.reports());
    }

    private DataStream<Output> alerts(Thresholds thresholds) {
        var smallThenLarge = thresholds.smallThenLarge();
        var manyTransactions = thresholds.manyTransactions();
        var unusualAmount = thresholds.unusualAmount();
        var impossibleTravel = thresholds.impossibleTravel();

        DataStream<Payment> smallOrLarge = payments.filter(
                        payment -> FraudPatterns.isSmallOrLarge(payment, smallThenLarge))
                .uid("small-or-large-payments")
                .name("small-or-large-payments");
        DataStream<Alert> triedAndEmptied = raise(
                "small-then-large",
                pattern(smallOrLarge, FraudPatterns.smallThenLarge(smallThenLarge)),
                found -> Finding.smallThenLarge(found, smallThenLarge));
        SingleOutputStreamOperator<Alert> tooMany = raise(
                "many-transactions",
                pattern(payments, FraudPatterns.manyTransactions(manyTransactions))
                        .sideOutputLateData(DROPPED),
                found -> Finding.manyTransactions(found, manyTransactions));
        DataStream<Alert> tooMuch = raise(
                "unusual-amount",
                pattern(payments, FraudPatterns.unusualAmount(unusualAmount)),
                found -> Finding.unusualAmount(found, unusualAmount));
        DataStream<Payment> purchases = payments.filter(payment -> FraudPatterns.canTravel(payment, impossibleTravel))
                .uid("purchases-of-high-value")
                .name("purchases-of-high-value");
        DataStream<Alert> tooFar = raise(
                "impossible-travel",
                pattern(purchases, FraudPatterns.impossibleTravel(impossibleTravel)),
                found -> Finding.impossibleTravel(found, impossibleTravel));

        DataStream<Alert> bursts = DataStreamUtils.reinterpretAsKeyedStream(tooMany, Alert::client, Types.STRING)
                .process(new OncePerBurst(manyTransactions), ALERT)
                .uid("many-transactions-bursts")
                .name("many-transactions-bursts");
        return triedAndEmptied
                .union(bursts, tooMuch, tooFar)
                .map(Alert::output)
                .returns(OutputSerializer.TYPE)
                .uid("alerts")
                .name("alerts")
                .union(corrections(tooMany));
    }

    /** Applies a pattern. The payments of a client are in one subtask already, so that they are not exchanged again. */
    private static PatternStream<Payment> pattern(DataStream<Payment> payments, Pattern<Payment, ?> pattern) {
        var byClient = DataStreamUtils.reinterpretAsKeyedStream(payments, Payment::client, Types.STRING);
        return CEP.pattern(byClient, pattern, new Payment.InOrder()).inEventTime();
    }

    /** The alerts of one pattern; its name is also the operator's uid. */
    private SingleOutputStreamOperator<Alert> raise(
            String name, PatternStream<Payment> matches, SerializableFunction<List<Payment>, Finding> finding) {
        return matches.process(new RaiseAlert(settings.label(), name, finding), ALERT)
                .uid(name)
                .name(name);
    }

    private DataStream<Output> corrections(SingleOutputStreamOperator<Alert> matched) {
        JobLabel label = settings.label();
        WindowSpec spec = settings.specs().get(0);
        return CorrectDropped.of(
                matched.getSideOutput(DROPPED),
                payment -> List.of(label.correction(
                        spec, payment.topic(), payment.partition(), payment.offset(), payment.eventTime(), 1)),
                "payment-corrections");
    }
}
