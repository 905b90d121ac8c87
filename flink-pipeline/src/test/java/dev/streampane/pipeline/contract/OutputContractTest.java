// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Input;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.contract.WindowResult.Sum;
import dev.streampane.pipeline.contract.WindowResult.Value;
import dev.streampane.pipeline.contract.WindowResult.Window;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.intake.RecordReports;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written validates against the contracts. */
class OutputContractTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Instant T0 = Instant.parse("2026-11-20T06:00:00Z");
    private static final Instant T1 = Instant.parse("2026-11-20T06:01:00Z");
    private static final byte[] KEY = "device1".getBytes(StandardCharsets.UTF_8);
    private static final RecordReports REPORTS = new RecordReports("weather-average", 2);
    private static final byte[] VALUE = "{\"device\":".getBytes(StandardCharsets.UTF_8);

    private static WindowResult result(Instant watermark, Input... inputs) {
        return new WindowResult(
                "weather-average~tumbling-1m~device1~20261120T060000.000Z~20261120T060100.000Z",
                "weather-average",
                "tumbling(1m)",
                "device1",
                new Window("tumbling", null, T0, T1, "UTC"),
                1,
                1,
                Status.FINAL,
                Cause.WATERMARK,
                true,
                null,
                List.of(
                        value("avg_temp", "19.380000"),
                        value("avg_hum", "57.091250"),
                        value("min_temp", "18.900000"),
                        value("max_temp", "19.860000"),
                        value("min_hum", "55.000000"),
                        value("max_hum", "59.180000")),
                List.of(
                        new Sum("temp", BigInteger.valueOf(581_400_000)),
                        new Sum("hum", BigInteger.valueOf(1_712_737_500))),
                30,
                0,
                T0,
                T0.plusSeconds(58),
                watermark,
                List.of(inputs),
                "1.0.0");
    }

    /** A result of a tag of texts: no sums. */
    private static WindowResult text() {
        return new WindowResult(
                "time-series-speed~tumbling-1m~pu136mod-ns-021~20261120T060000.000Z~20261120T060100.000Z",
                "time-series-speed",
                "tumbling(1m)",
                "pu136mod-ns-021",
                new Window("tumbling", null, T0, T1, "UTC"),
                1,
                2,
                Status.REVISED,
                Cause.LATE_RECORD,
                true,
                null,
                List.of(Value.of("last", "on, \"wärm\"\n")),
                List.of(),
                2,
                1,
                T0,
                T0.plusSeconds(58),
                T1,
                List.of(new Input("time-series", 0, 7L, 9L)),
                "1.0.0");
    }

    private static WindowResult result(Status status, Cause cause, int rev, String mergedInto) {
        WindowResult full = result(T1, new Input("device-readings", 0, 1200L, 1290L));
        boolean none = status == Status.RETRACTED;
        return new WindowResult(
                full.id(),
                full.job(),
                full.spec(),
                full.entityKey(),
                full.window(),
                full.generation(),
                rev,
                status,
                cause,
                full.complete(),
                mergedInto,
                none ? List.of() : full.values(),
                none ? List.of() : full.sums(),
                none ? 0 : full.count(),
                full.late(),
                none ? null : full.minEventTime(),
                none ? null : full.maxEventTime(),
                full.watermark(),
                none ? List.of() : full.inputs(),
                full.jobVersion());
    }

    private static WindowResult global() {
        WindowResult full = result(T1, new Input("device-readings", 0, 1200L, 1290L));
        return new WindowResult(
                "weather-average~global-count-30~device1~17",
                full.job(),
                "global(count=30)",
                full.entityKey(),
                new Window("global", 17L, T0, T0.plusMillis(58_001), "UTC"),
                full.generation(),
                full.rev(),
                Status.FINAL,
                Cause.COUNT,
                full.complete(),
                null,
                full.values(),
                full.sums(),
                full.count(),
                full.late(),
                full.minEventTime(),
                full.maxEventTime(),
                Instant.parse("2026-11-20T06:00:59.999Z"),
                full.inputs(),
                full.jobVersion());
    }

    private static Value value(String name, String number) {
        return new Value(name, new BigDecimal(number));
    }

    private static Output line(Instant before) {
        return Output.of(new AuditLine(
                new AuditLine.Key("weather-average", 1, "device-readings", "3wQ9gkVQTeS5FEOdKvs_-A", 0),
                0,
                1290,
                1289,
                1289,
                5,
                83,
                0,
                List.of(new OffsetRange(12, 13)),
                List.of(new SpecCounts(
                        "tumbling(1m)",
                        1198,
                        3,
                        Optional.ofNullable(before),
                        Optional.of(T0),
                        List.of(new WindowCount(T1, 1198)))),
                Optional.ofNullable(before),
                Optional.of(T1),
                false,
                Optional.empty(),
                new AuditLine.Settings(
                        List.of("tumbling(1m)"),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        "1.0.0")));
    }

    private static Alert alert(Instant watermark) {
        return new Alert(
                "fraud-detection~small-then-large~7~transactions-2-4711",
                "fraud-detection",
                1,
                "small-then-large",
                "7",
                new BigDecimal("0.667"),
                "a payment of 1.0000 and 20 s later one of 1500.0000",
                T0,
                T0.plusSeconds(20),
                List.of(
                        evidence(4711, T0, "1.0000", "Bakery", "52.518390", "13.405000"),
                        evidence(4714, T0.plusSeconds(20), "1500.0000", "Electronics", "52.519000", "13.404000")),
                watermark,
                "1.0.0");
    }

    private static Alert.Evidence evidence(
            long offset, Instant time, String amount, String merchant, String latitude, String longitude) {
        return new Alert.Evidence(
                "transactions",
                2,
                offset,
                time,
                new BigDecimal(amount),
                merchant,
                new BigDecimal(latitude),
                new BigDecimal(longitude));
    }

    /** An alert about a transaction without merchant and place. */
    private static Alert bareAlert() {
        Alert full = alert(null);
        var evidence = new Alert.Evidence("client_amount", 0, 0, T0, new BigDecimal("1.0000"), null, null, null);
        return new Alert(
                full.id(),
                full.job(),
                2,
                full.pattern(),
                "é",
                BigDecimal.ZERO.setScale(3),
                full.reason(),
                T0,
                T0,
                List.of(evidence),
                null,
                full.jobVersion());
    }

    private static Fetched fetched(Instant appended, byte[] key, byte[] value) {
        long appendTime = appended == null ? Fetched.NO_APPEND_TIME : appended.toEpochMilli();
        return new Fetched("device-readings", "3wQ9gkVQTeS5FEOdKvs_-A", 3, 42, appendTime, key, value, null);
    }

    private static Output late(Fetched record) {
        return REPORTS.late(record, WindowSpecParser.parse("tumbling(1m)"), T0.toEpochMilli());
    }

    private static Output dead(String id, Fetched record) {
        return REPORTS.deadLetter(record, id == null ? "not_json" : "index-refused", "not JSON: é", id);
    }

    /** All but lines, which {@code LineProtocolContractTest} reads. */
    static Stream<Output> outputs() {
        return Stream.of(
                result(T1, new Input("device-readings", 0, 1200L, 1290L)).output(),
                result(null, new Input("device-readings", null, null, null)).output(),
                result(Status.EARLY, Cause.PREVIEW, 0, null).output(),
                result(
                                Status.RETRACTED,
                                Cause.MERGED,
                                2,
                                "weather-average~session-30s~device1~20261120T060000.000Z~20261120T060128.000Z")
                        .output(),
                global().output(),
                late(fetched(T1, KEY, VALUE)),
                late(fetched(null, null, VALUE)),
                late(fetched(T1, KEY, VALUE).row(7, VALUE)),
                dead(null, fetched(T1, KEY, VALUE)),
                dead(null, fetched(null, null, null)),
                dead(null, fetched(T1, KEY, VALUE).row(7, VALUE)),
                dead(result(T1).id(), fetched(T1, KEY, VALUE)),
                line(null),
                line(T0),
                Output.of(new AuditCorrection("weather-average", 1, "tumbling(1m)", "device-readings", 3, 412, T1, 1)),
                alert(T1).output(),
                bareAlert().output(),
                text().output(),
                change(WordCount.Op.INSERT, "größe-😀", 1),
                change(WordCount.Op.UPDATE_BEFORE, "\"a\\b\"", 1),
                change(WordCount.Op.UPDATE_AFTER, "flink", Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void shouldWriteWhatTheContractAllows(Output output) throws IOException {
        // Given
        boolean json = output.headers().isEmpty();
        String contract =
                switch (output.channel()) {
                    case RESULTS -> "window-result";
                    case PREVIEWS -> "window-preview";
                    case LATE -> "late-record";
                    case DEAD_LETTERS -> "dead-letter";
                    case AUDIT -> "audit-line";
                    case ALERTS -> "alert";
                    case WORD_COUNTS -> "word-count";
                    case TELEGRAF -> "line-protocol";
                };

        // When
        byte[] written = json ? output.value() : MAPPER.writeValueAsBytes(shown(output));

        // Then
        assertThat(ContractFiles.of(contract).violations(written)).isEmpty();
    }

    /** How the contracts of raw bytes are written down. */
    private static JsonNode shown(Output output) {
        var shown = MAPPER.createObjectNode();
        shown.put("key", output.key() == null ? null : new String(output.key(), StandardCharsets.UTF_8));
        shown.set("headers", MAPPER.valueToTree(output.headers()));
        shown.put("value", output.value() == null ? null : Base64.getEncoder().encodeToString(output.value()));
        return shown;
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of(
                        "window-result",
                        "weather-average",
                        result(Instant.parse("2026-11-20T06:00:59.999Z"), new Input("device-readings", 0, 1200L, 1290L))
                                .output()),
                Arguments.of("window-result", "global-pane", global().output()),
                Arguments.of(
                        "alert", "small-then-large", alert(T0.plusSeconds(20)).output()),
                Arguments.of("word-count", "first-sight", change(WordCount.Op.INSERT, "catalog", 1)),
                Arguments.of("word-count", "before-a-change", change(WordCount.Op.UPDATE_BEFORE, "catalog", 1)),
                Arguments.of("word-count", "after-a-change", change(WordCount.Op.UPDATE_AFTER, "catalog", 2)),
                Arguments.of("word-count", "word-with-quotes", change(WordCount.Op.INSERT, "\"a\\b\"", 1)));
    }

    private static Output change(WordCount.Op op, String word, long count) {
        return new WordCount(op, word, count).output();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldWriteTheExampleToTheByte(String contract, String example, Output output) {
        // Given
        byte[] file = ContractFiles.of(contract).bytes("examples/" + example + ".json");

        // Then
        assertThat(output.value())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(new String(file, StandardCharsets.UTF_8).strip());
    }

    @Test
    void shouldSendLooksToATopicOfTheirOwn() {
        assertThat(result(Status.EARLY, Cause.PREVIEW, 0, null).output().channel())
                .isEqualTo(Output.Channel.PREVIEWS);
        assertThat(global().output().channel()).isEqualTo(Output.Channel.RESULTS);
    }

    @Test
    void shouldWriteRunsByTheContract() {
        // Given
        var run = new JobRun(
                "weather-average",
                3,
                "0123456789abcdef0123456789abcdef",
                List.of("tumbling(1m)"),
                Map.of("windows", "tumbling(1m)", "skew", "5m"),
                T0,
                "1.0.0");

        // Then
        assertThat(ContractFiles.of("job-run").violations(run.json())).isEmpty();
        assertThat(JobRun.messageKey(run.job(), run.generation())).asString().isEqualTo("weather-average/3");
    }

    @Test
    void shouldSayWhyAndWhereInHeadersInTheirOrder() {
        // Given
        Fetched row = fetched(T1, KEY, VALUE).row(7, VALUE);

        // Then
        assertThat(late(row).headers())
                .hasToString("{job=weather-average, generation=2, spec=tumbling(1m), topic=device-readings,"
                        + " partition=3, offset=42, row=7, append-time=2026-11-20T06:01:00Z,"
                        + " event-time=2026-11-20T06:00:00Z}");
        assertThat(dead("a-result", row).headers())
                .hasToString("{job=weather-average, generation=2, reason=index-refused, message=not JSON: é,"
                        + " topic=device-readings, partition=3, offset=42, row=7,"
                        + " append-time=2026-11-20T06:01:00Z, id=a-result}");
    }

    @Test
    void shouldPassOnTheFirstMebibyteOfARecordThatFitsNoTopic() {
        // Given: what a compressed batch of a few kilobytes can hold
        byte[] huge = new byte[20 << 20];
        // When
        Output letter = dead(null, fetched(T1, huge, huge));
        // Then
        assertThat(letter.key()).hasSize(1 << 20);
        assertThat(letter.value()).hasSize(1 << 20);
    }
}
