// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.pipeline.contract.LineProtocol;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.contract.WindowResult.Value;
import dev.streampane.pipeline.state.OutputSerializer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteLinesTest {

    private static final Instant END = Instant.parse("2026-11-20T06:01:00Z");
    private static final String NUMBER = "tags,name=a value=1.500000 1795154460000000000\n";
    private static final String TEXT = "tags,name=b text=\"on\" 1795154460000000000\n";

    @AutoClose
    private OneInputStreamOperatorTestHarness<Output, Output> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new OneInputStreamOperatorTestHarness<>(
                new WriteLines("tumbling(1m)"), OutputSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
        operator.open();
    }

    private static Output result(String key, String spec, Status status, Instant end, Value... values) {
        return result(true, key, spec, status, end, values);
    }

    private static Output result(
            boolean complete, String key, String spec, Status status, Instant end, Value... values) {
        var result = new WindowResult(
                "id",
                "time-series-speed",
                spec,
                key,
                new WindowResult.Window("tumbling", null, end.minusSeconds(60), end, "UTC"),
                1,
                1,
                status,
                Cause.WATERMARK,
                complete,
                null,
                List.of(values),
                List.of(),
                1,
                0,
                END,
                END,
                null,
                List.of(),
                "1.0.0");
        return result.output();
    }

    private static Output number(String key, Status status) {
        return result(
                key,
                "tumbling(1m)",
                status,
                END,
                new Value("avg_value", new BigDecimal("1.500000")),
                new Value("min_value", BigDecimal.ONE),
                new Value("max_value", BigDecimal.TEN));
    }

    private static Output text(String key) {
        return result(key, "tumbling(1m)", Status.REVISED, END, Value.of("last", "on"));
    }

    private void process(Output... outputs) throws Exception {
        for (Output output : outputs) {
            operator.processElement(output, 0);
        }
    }

    private List<String> messages() {
        return operator.extractOutputValues().stream()
                .map(output -> new String(output.value(), UTF_8))
                .toList();
    }

    @Test
    void shouldPutTheLinesOfOneFiringIntoOneMessageBeforeTheWatermark() throws Exception {
        // When
        process(number("a", Status.FINAL), text("b"));

        // Then
        assertThat(operator.getOutput()).isEmpty();
        operator.processWatermark(1_000);
        assertThat(messages()).containsExactly(NUMBER + TEXT);
        assertThat(List.copyOf(operator.getOutput()).get(1)).isEqualTo(new Watermark(1_000));
        operator.processWatermark(2_000);
        assertThat(messages()).hasSize(1);
    }

    /** It would overwrite the full one of a generation before. */
    @Test
    void shouldWriteNoLineOfAWindowThatMayLackRecords() throws Exception {
        // When
        process(
                result(false, "a", "tumbling(1m)", Status.FINAL, END, new Value("avg_value", BigDecimal.ONE)),
                text("b"));

        // Then
        operator.processWatermark(1_000);
        assertThat(messages()).containsExactly(TEXT);
        assertThat(((WriteLines) operator.getOneInputOperator()).withoutLine()).isEqualTo(1);
    }

    @Test
    void shouldHoldNothingAcrossACheckpoint() throws Exception {
        // Given
        process(text("b"));

        // When
        operator.prepareSnapshotPreBarrier(1);

        // Then
        assertThat(messages()).containsExactly(TEXT);
    }

    @Test
    void shouldHoldNothingAtTheEnd() throws Exception {
        // Given
        process(text("b"));

        // When
        operator.getOneInputOperator().finish();

        // Then
        assertThat(messages()).containsExactly(TEXT);
    }

    @Test
    void shouldSendAMessageThatIsFull() throws Exception {
        // Given
        int lines = WriteLines.FULL / NUMBER.length() + 1;

        for (int line = 0; line < 2 * lines; line++) {
            // When
            process(number("a", Status.FINAL));
        }

        // Then
        assertThat(messages()).containsExactly(NUMBER.repeat(lines), NUMBER.repeat(lines));
    }

    @Test
    void shouldKeepTheOrderOfResults() throws Exception {
        // When
        process(number("a", Status.FINAL), text("a"), number("a", Status.REVISED));
        operator.processWatermark(1);

        // Then
        assertThat(messages()).containsExactly(NUMBER + TEXT.replace("=b", "=a") + NUMBER);
    }

    @Test
    void shouldWriteNoLineOfWhatIsNoResultOfItsSpecification() throws Exception {
        // When
        process(
                number("a", Status.RETRACTED),
                number("a", Status.EARLY),
                result("a", "tumbling(5m)", Status.FINAL, END, Value.of("last", "on")),
                Output.of(new AuditCorrection("time-series-speed", 1, "tumbling(1m)", "t", 0, 0, END, 1)));
        operator.processWatermark(1);

        // Then
        assertThat(messages()).isEmpty();
    }

    @Test
    void shouldWriteNoLineWithoutANameOrBeyondTheLastTime() throws Exception {
        // Given
        Instant last = LineProtocol.LAST_TIME;

        // When
        process(
                text(""),
                result("a", "tumbling(1m)", Status.FINAL, last.plusMillis(1), Value.of("last", "on")),
                result("a", "tumbling(1m)", Status.FINAL, last, Value.of("last", "on")));
        operator.processWatermark(1);

        // Then
        assertThat(messages()).containsExactly("tags,name=a text=\"on\" 9223372036854000000\n");
        assertThat(((WriteLines) operator.getOneInputOperator()).withoutLine()).isEqualTo(2);
    }
}
