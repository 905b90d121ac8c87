// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.window.JobLabel;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients come, pay something suspicious or not, and are never seen again: nothing of them is kept. */
@SuppressWarnings("try") // the harness's close() says that it may throw anything
class SilentClientsTest {

    private static final int CLIENTS = 900;
    private static final TypeInformation<Payment> PAYMENT = TypeInformation.of(Payment.class);
    private static final JobLabel LABEL = new JobLabel("fraud-detection", 1, "1.0.0", "UTC");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Thresholds THRESHOLDS = new Thresholds(
            new Thresholds.SmallThenLarge(10_000, 5_000_000, MINUTE),
            new Thresholds.ManyTransactions(3, MINUTE),
            new Thresholds.UnusualAmount(BigDecimal.TEN, 3, MINUTE),
            new Thresholds.ImpossibleTravel(10_000, 900, MINUTE));

    static Stream<Pattern<Payment, ?>> patterns() {
        return Stream.of(
                FraudPatterns.smallThenLarge(THRESHOLDS.smallThenLarge()),
                FraudPatterns.manyTransactions(THRESHOLDS.manyTransactions()),
                FraudPatterns.unusualAmount(THRESHOLDS.unusualAmount()),
                FraudPatterns.impossibleTravel(THRESHOLDS.impossibleTravel()));
    }

    private static Transaction transaction(int client, long amount) {
        return new Transaction("client" + client, amount, "Bakery", new Transaction.Place(52_000_000, 13_000_000));
    }

    private static Counted<Transaction> counted(int client, long time, long amount) {
        return new Counted<>(transaction(client, amount), time, "transactions", 0, time, -1, time, 1, 0, 0);
    }

    private static Payment payment(int client, long time, long amount) {
        return Payment.of(counted(client, time, amount)).after(3, BigInteger.valueOf(300_000), time);
    }

    /** An operator with the number of its state entries, over all keys and names, and of its timers. */
    private static final class Kept<I, O> extends KeyedOneInputStreamOperatorTestHarness<String, I, O> {

        Kept(StreamOperatorFactory<O> operator, KeySelector<I, String> key) throws Exception {
            super(operator, key, Types.STRING);
        }

        int entries() {
            KeyedStateBackend<?> backend = ((AbstractStreamOperator<?>) getOperator()).getKeyedStateBackend();
            return ((HeapKeyedStateBackend<?>) backend).numKeyValueStateEntries();
        }

        /** The size of a checkpoint's keyed state. */
        long bytes() throws Exception {
            return snapshot(0, 0).getManagedKeyedState().stream()
                    .mapToLong(StateObject::getStateSize)
                    .sum();
        }
    }

    /** The operator that Flink makes of the pattern. */
    @SuppressWarnings("unchecked")
    private static Kept<Payment, Alert> matching(Pattern<Payment, ?> pattern) throws Exception {
        var payments = StreamExecutionEnvironment.getExecutionEnvironment()
                .fromData(PAYMENT, payment(0, 0, 0))
                .keyBy(Payment::client);
        var alerts = (OneInputTransformation<Payment, Alert>) CEP.pattern(payments, pattern, new Payment.InOrder())
                .process(raise(), TypeInformation.of(Alert.class))
                .getTransformation();
        var harness = new Kept<>(alerts.getOperatorFactory(), Payment::client);
        harness.setup(TypeInformation.of(Alert.class).createSerializer(new SerializerConfigImpl()));
        harness.open();
        return harness;
    }

    private static RaiseAlert raise() {
        return new RaiseAlert(LABEL, "pattern", payments -> new Finding(BigDecimal.ZERO.setScale(3), "found"));
    }

    /** Of three clients one begins to match, one matches, and one pays something usual; the watermark stops at the last event time. */
    private static void pay(Kept<Payment, Alert> harness) throws Exception {
        for (int client = 0; client < CLIENTS; client++) {
            switch (client % 3) {
                case 0 -> harness.processElement(payment(client, 2001, 10_000), 2001);
                case 1 -> {
                    harness.processElement(payment(client, 1000, 10_000), 1000);
                    harness.processElement(payment(client, 2000, 5_000_000), 2000);
                    harness.processElement(payment(client, 2001, 10_000), 2001);
                }
                default -> harness.processElement(payment(client, 2001, 20_000), 2001);
            }
        }
        harness.processWatermark(2001);
        harness.processWatermark(2001 + MINUTE.toMillis());
        harness.processWatermark(2001 + Duration.ofDays(1).toMillis());
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void shouldKeepNothingOfSilentClientsOnceThePatternsTimeIsOver(Pattern<Payment, ?> pattern) throws Exception {
        // Given
        try (var harness = matching(pattern)) {
            // When
            pay(harness);

            // Then
            assertThat(harness.entries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    /** Who tries out cards pays many small amounts; were each kept, each payment would be compared with all of them. */
    @Test
    void shouldKeepTheLastOfManySmallPayments() throws Exception {
        // Given
        Pattern<Payment, ?> pattern = FraudPatterns.smallThenLarge(THRESHOLDS.smallThenLarge());
        try (var harness = matching(pattern)) {
            harness.processElement(payment(1, 1000, 10_000), 1000);
            harness.processWatermark(1000);
            long ofOne = harness.bytes();

            // When
            for (int time = 1001; time < 1100; time++) {
                harness.processElement(payment(1, time, 10_000), time);
            }
            harness.processWatermark(1100);

            // Then
            assertThat(harness.bytes()).isLessThan(2 * ofOne);
        }
    }

    @Test
    void shouldMatchAgainAfterEverythingWasForgotten() throws Exception {
        // Given
        Pattern<Payment, ?> pattern = FraudPatterns.smallThenLarge(THRESHOLDS.smallThenLarge());
        try (var harness = matching(pattern)) {
            pay(harness);
            int alerts = harness.extractOutputValues().size();

            // When
            long later = Duration.ofDays(2).toMillis();
            harness.processElement(payment(1, later, 10_000), later);
            harness.processWatermark(later);
            harness.processElement(payment(1, later + 500, 5_000_000), later + 500);
            harness.processWatermark(later + 500);

            // Then
            assertThat(alerts).isEqualTo(CLIENTS / 3);
            assertThat(harness.extractOutputValues()).hasSize(alerts + 1);
        }
    }

    @Test
    void shouldForgetMeansOfSilentClientsAfterTheTimeToLive() throws Exception {
        // Given: a client that goes on paying and many that do not
        var operator = new KeyedProcessOperator<>(new JoinMean(MINUTE));
        var harness = new Kept<>(SimpleOperatorFactory.of(operator), (Counted<Transaction> c) -> c.value()
                .client());
        try (harness) {
            harness.setup(PAYMENT.createSerializer(new SerializerConfigImpl()));
            harness.open();
            for (int client = 0; client < CLIENTS; client++) {
                harness.processElement(counted(client, 1000 + client, 10_000), 1000 + client);
            }
            for (long time = 2000; time < 60_000; time += 1000) {
                harness.processElement(counted(0, time, 10_000), time);
            }
            harness.processWatermark(60_000);
            assertThat(harness.entries()).isEqualTo(CLIENTS);

            // When
            harness.processWatermark(2000 + MINUTE.toMillis());

            // Then
            assertThat(harness.entries()).isEqualTo(1);
            assertThat(harness.numEventTimeTimers()).isEqualTo(1);
            harness.processWatermark(59_000 + MINUTE.toMillis());
            assertThat(harness.entries()).isEqualTo(1);
            harness.processWatermark(59_000 + MINUTE.toMillis() + 1);
            assertThat(harness.entries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void shouldForgetBurstsTwoWindowsLater() throws Exception {
        // Given
        try (var harness = bursts(MINUTE)) {
            harness.open();

            // When
            for (int client = 0; client < CLIENTS; client++) {
                harness.processElement(burst(client, 1000, 2000), 2000);
                harness.processElement(burst(client, 61_999, 62_500), 62_500);
                harness.processElement(burst(client, 122_500, 123_000), 123_000);
            }

            // Then
            assertThat(harness.extractOutputValues()).hasSize(2 * CLIENTS);
            assertThat(harness.entries()).isEqualTo(CLIENTS);
            harness.processWatermark(123_000 + 2 * MINUTE.toMillis());
            assertThat(harness.entries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void shouldForgetBurstsOfBeforeTwoOfTheWindowsThatAreAskedForNow(int minutes) throws Exception {
        // Given: bursts, and state that another window goes on with
        OperatorSubtaskState state;
        try (var before = bursts(Duration.ofMinutes(2))) {
            before.open();
            for (int client = 0; client < CLIENTS; client++) {
                before.processElement(burst(client, 1000, 2000), 2000);
            }
            state = before.snapshot(1, 2000);
        }

        try (var harness = bursts(Duration.ofMinutes(minutes))) {
            harness.initializeState(state);
            harness.open();

            // When
            harness.processWatermark(2000 + Duration.ofMinutes(4).toMillis());
            int kept = harness.entries();
            harness.processWatermark(2000 + Duration.ofMinutes(10).toMillis());

            // Then
            assertThat(kept).isEqualTo(minutes < 2 ? 0 : CLIENTS);
            assertThat(harness.entries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    private static Kept<Alert, Alert> bursts(Duration window) throws Exception {
        var operator = new KeyedProcessOperator<>(new OncePerBurst(new Thresholds.ManyTransactions(3, window)));
        var harness = new Kept<>(SimpleOperatorFactory.of(operator), Alert::client);
        harness.setup(TypeInformation.of(Alert.class).createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    private static Alert burst(int client, long start, long end) throws Exception {
        Payment first = payment(client, start, 10_000);
        Payment last = payment(client, end, 10_000);
        var found = new ArrayList<Alert>();
        raise().processMatch(Map.of("payments", List.of(first, last)), null, new ListCollector<>(found));
        return found.get(0);
    }

    @Test
    void shouldRememberABurstUntilTheNextAlertOfItHasCome() throws Exception {
        try (var harness = bursts(MINUTE)) {
            harness.open();
            harness.processElement(burst(1, 1000, 2000), 2000);
            harness.processWatermark(2000 + MINUTE.toMillis());
            harness.processElement(burst(1, 61_999, 62_500), 62_500);
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }
}
