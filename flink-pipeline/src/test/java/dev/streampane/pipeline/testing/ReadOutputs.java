// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.Output.Channel;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WordCount;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a job's outputs say, read from the bytes that go to Kafka. */
public final class ReadOutputs {

    private ReadOutputs() {}

    /**
     * A late record, as far as tests ask.
     *
     * @param row null when the record is meant as a whole
     */
    public record LateRecord(String spec, int partition, long offset, Integer row, Instant eventTime, byte[] value) {}

    /**
     * A dead letter, as far as tests ask.
     *
     * @param row null when the record is meant as a whole
     */
    public record DeadLetter(String reason, int partition, long offset, Integer row, byte[] value) {}

    /** The lines of the audit, in their order. */
    public static List<AuditLine> lines(Collection<? extends Output> outputs) {
        return read(outputs, AuditLine::read);
    }

    /** The corrections, in their order. */
    public static List<AuditCorrection> corrections(Collection<? extends Output> outputs) {
        return read(outputs, AuditCorrection::read);
    }

    private static <R> List<R> read(Collection<? extends Output> outputs, Function<JsonNode, Optional<R>> read) {
        return of(outputs, EnumSet.of(Channel.AUDIT))
                .flatMap(message -> read.apply(json(message)).stream())
                .toList();
    }

    /** The results and previews, in their order. */
    public static List<WindowResult> results(Collection<? extends Output> outputs) {
        return of(outputs, EnumSet.of(Channel.RESULTS, Channel.PREVIEWS))
                .map(ReadOutputs::result)
                .toList();
    }

    private static WindowResult result(Output output) {
        JsonNode json = json(output);
        JsonNode window = json.get("window");
        return new WindowResult(
                text(json, "id"),
                text(json, "job"),
                text(json, "spec"),
                text(json, "key"),
                new WindowResult.Window(
                        text(window, "kind"),
                        number(window, "number"),
                        instant(window, "start"),
                        instant(window, "end"),
                        text(window, "zone")),
                json.get("generation").intValue(),
                json.get("rev").intValue(),
                WindowResult.Status.valueOf(text(json, "status")),
                Arrays.stream(WindowResult.Cause.values())
                        .filter(cause -> cause.text().equals(text(json, "cause")))
                        .findFirst()
                        .orElseThrow(),
                json.get("complete").booleanValue(),
                text(json, "mergedInto"),
                json.get("values").properties().stream()
                        .map(value -> value.getValue().isTextual()
                                ? WindowResult.Value.of(
                                        value.getKey(), value.getValue().textValue())
                                : new WindowResult.Value(
                                        value.getKey(), value.getValue().decimalValue()))
                        .toList(),
                json.get("sums").properties().stream()
                        .map(sum -> WindowResult.Value.of(
                                sum.getKey(), sum.getValue().textValue()))
                        .toList(),
                json.get("count").longValue(),
                json.get("late").longValue(),
                instant(json, "minEventTime"),
                instant(json, "maxEventTime"),
                instant(json, "watermark"),
                json.get("inputs")
                        .valueStream()
                        .map(input -> new WindowResult.Input(
                                text(input, "topic"),
                                input.has("partition") ? input.get("partition").intValue() : null,
                                number(input, "first"),
                                number(input, "last")))
                        .toList(),
                text(json, "jobVersion"));
    }

    /** The late records, in their order. */
    public static List<LateRecord> late(Collection<? extends Output> outputs) {
        return of(outputs, EnumSet.of(Channel.LATE))
                .map(output -> {
                    Map<String, String> headers = output.headers();
                    return new LateRecord(
                            headers.get("spec"),
                            Integer.parseInt(headers.get("partition")),
                            Long.parseLong(headers.get("offset")),
                            row(headers),
                            instant(headers.get("event-time")),
                            output.value());
                })
                .toList();
    }

    /** The dead letters, in their order. */
    public static List<DeadLetter> deadLetters(Collection<? extends Output> outputs) {
        return of(outputs, EnumSet.of(Channel.DEAD_LETTERS))
                .map(output -> {
                    Map<String, String> headers = output.headers();
                    return new DeadLetter(
                            headers.get("reason"),
                            Integer.parseInt(headers.get("partition")),
                            Long.parseLong(headers.get("offset")),
                            row(headers),
                            output.value());
                })
                .toList();
    }

    /** The alerts, in their order. */
    public static List<Alert> alerts(Collection<? extends Output> outputs) {
        return of(outputs, EnumSet.of(Channel.ALERTS))
                .map(ReadOutputs::json)
                .map(json -> new Alert(
                        text(json, "id"),
                        text(json, "job"),
                        json.get("generation").intValue(),
                        text(json, "pattern"),
                        text(json, "client"),
                        json.get("score").decimalValue(),
                        text(json, "reason"),
                        instant(json, "start"),
                        instant(json, "end"),
                        json.get("transactions")
                                .valueStream()
                                .map(found -> new Alert.Evidence(
                                        text(found, "topic"),
                                        found.get("partition").intValue(),
                                        found.get("offset").longValue(),
                                        instant(found, "ts"),
                                        found.get("amount").decimalValue(),
                                        text(found, "merchant"),
                                        found.has("lat") ? found.get("lat").decimalValue() : null,
                                        found.has("lon") ? found.get("lon").decimalValue() : null))
                                .toList(),
                        instant(json, "watermark"),
                        text(json, "jobVersion")))
                .toList();
    }

    /** The rows of the changelog of counts, in their order. */
    public static List<WordCount> words(Collection<? extends Output> outputs) {
        return of(outputs, EnumSet.of(Channel.WORD_COUNTS))
                .map(ReadOutputs::json)
                .map(json -> new WordCount(
                        Arrays.stream(WordCount.Op.values())
                                .filter(op -> op.text().equals(text(json, "op")))
                                .findFirst()
                                .orElseThrow(),
                        text(json, "word"),
                        json.get("count").longValue()))
                .toList();
    }

    private static Stream<? extends Output> of(Collection<? extends Output> outputs, Set<Channel> channels) {
        return outputs.stream().filter(output -> channels.contains(output.channel()));
    }

    private static JsonNode json(Output output) {
        return Json.read(output.value());
    }

    /** Null where there is none. */
    private static String text(JsonNode json, String name) {
        return json.path(name).textValue();
    }

    private static Long number(JsonNode json, String name) {
        return json.has(name) ? json.get(name).longValue() : null;
    }

    private static Instant instant(JsonNode json, String name) {
        return instant(text(json, name));
    }

    private static Instant instant(String text) {
        return text == null ? null : Instant.parse(text);
    }

    private static Integer row(Map<String, String> headers) {
        return headers.containsKey("row") ? Integer.valueOf(headers.get("row")) : null;
    }
}
