// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.intake.RecordReports;
import dev.streampane.pipeline.testing.ReadOutputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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

    /** Of records as they came. */
    static Stream<Output> rawOutputs() {
        return Stream.of(
                late(fetched(T1, KEY, VALUE)),
                late(fetched(null, null, VALUE)),
                late(fetched(T1, KEY, VALUE).row(7, VALUE)),
                dead(null, fetched(T1, KEY, VALUE)),
                dead(null, fetched(null, null, null)),
                dead(null, fetched(T1, KEY, VALUE).row(7, VALUE)),
                dead(
                        "weather-average~tumbling-1m~device1~20261120T060000.000Z~20261120T060100.000Z",
                        fetched(T1, KEY, VALUE)));
    }

    @ParameterizedTest
    @MethodSource("rawOutputs")
    void shouldWriteWhatTheContractAllows(Output output) throws IOException {
        // Given: how the contracts of raw bytes are written down
        var shown = MAPPER.createObjectNode();
        shown.put("key", output.key() == null ? null : new String(output.key(), StandardCharsets.UTF_8));
        shown.set("headers", MAPPER.valueToTree(output.headers()));
        shown.put("value", output.value() == null ? null : Base64.getEncoder().encodeToString(output.value()));
        String contract = output.channel() == Output.Channel.LATE ? "late-record" : "dead-letter";

        // Then
        assertThat(ContractFiles.of(contract).violations(MAPPER.writeValueAsBytes(shown)))
                .isEmpty();
    }

    /** All but lines, which {@code LineProtocolContractTest} writes, and a retraction that jobs of this version do not write. */
    static Stream<Arguments> examples() {
        return Stream.of("window-result", "window-preview", "alert", "word-count", "audit-line")
                .flatMap(contract -> ContractFiles.of(contract)
                        .names("examples")
                        .filter(file -> !file.endsWith("/retracted-by-a-new-generation.json"))
                        .map(file -> Arguments.of(contract, file)));
    }

    private static Output.Channel channel(String contract) {
        return switch (contract) {
            case "window-result" -> Output.Channel.RESULTS;
            case "window-preview" -> Output.Channel.PREVIEWS;
            case "alert" -> Output.Channel.ALERTS;
            case "word-count" -> Output.Channel.WORD_COUNTS;
            default -> Output.Channel.AUDIT;
        };
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldWriteTheExampleToTheByte(String contract, String file) {
        // Given
        String shown = new String(ContractFiles.of(contract).bytes(file), StandardCharsets.UTF_8).strip();

        // When
        Output output = written(channel(contract), shown);

        // Then
        assertThat(output.value()).asString(StandardCharsets.UTF_8).isEqualTo(shown.replace("😀", "\\uD83D\\uDE00"));
        assertThat(output.channel()).isEqualTo(channel(contract));
    }

    /** What a job that says the same writes. */
    private static Output written(Output.Channel channel, String json) {
        List<Output> said = List.of(new Output(channel, null, json.getBytes(StandardCharsets.UTF_8), Map.of()));
        return switch (channel) {
            case RESULTS, PREVIEWS -> ReadOutputs.results(said).get(0).output();
            case ALERTS -> ReadOutputs.alerts(said).get(0).output();
            case WORD_COUNTS -> ReadOutputs.words(said).get(0).output();
            default ->
                json.startsWith("{\"kind\":\"line\"")
                        ? Output.of(ReadOutputs.lines(said).get(0))
                        : Output.of(ReadOutputs.corrections(said).get(0));
        };
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
