// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.streampane.contract.Json;
import dev.streampane.local.server.Checkout;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the files of {@code deploy/schemas} to their own schemas; the modules' contract tests hold the code to the files. */
class ContractFilesTest {

    private static final Path SCHEMAS = Checkout.root().resolve("deploy/schemas");
    private static final Set<String> INPUTS = Set.of("device-reading", "transaction", "heartbeat");
    private static final Set<String> CONTRACTS = Set.of(
            "device-reading",
            "transaction",
            "heartbeat",
            "window-result",
            "window-preview",
            "dead-letter",
            "late-record",
            "audit-line",
            "alert",
            "job-run",
            "time-series",
            "line-protocol",
            "word-count",
            "replay-plan");

    /** Those whose messages are no JSON; their schemas describe what {@code decoded.json} says that the messages read as. */
    private static final Set<String> DECODED = Set.of("time-series", "line-protocol");

    /** Reasons that depend on more than the bytes of a message, so that no file can show them. */
    private static final Set<String> NOT_IN_FILES = Set.of("future", "unknown_type", "index-refused");

    /** What can be wrong with a message of CSV; one that is too big is no file for here. */
    private static final Set<String> CSV_REASONS =
            Set.of("empty", "not_utf8", "not_csv", "too_long", "missing", "trailing", "type", "range");

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static Stream<String> contracts() {
        return CONTRACTS.stream().sorted();
    }

    static Stream<String> inputs() {
        return INPUTS.stream().sorted();
    }

    static Stream<String> outputs() {
        return json().filter(contract -> !INPUTS.contains(contract));
    }

    static Stream<String> decoded() {
        return DECODED.stream().sorted();
    }

    static Stream<String> readByUs() {
        return Stream.concat(inputs(), decoded());
    }

    static Stream<String> json() {
        return contracts().filter(contract -> !DECODED.contains(contract));
    }

    @Test
    void shouldHaveOneFolderPerContract() {
        assertThat(SCHEMAS.toFile().list((schemas, name) -> new File(schemas, name + "/v1").isDirectory()))
                .containsExactlyInAnyOrderElementsOf(CONTRACTS);
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void shouldHaveEveryPart(String contract) {
        assertThat(ContractFiles.of(contract).bytes("schema.json")).isNotEmpty();
        assertThat(Stream.of("examples", "rejected", "future"))
                .allSatisfy(part -> assertThat(files(contract, part)).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void shouldNameDialectIdAndADescriptionOfEachField(String contract) {
        JsonNode schema = json(contract, "schema.json");

        assertThat(schema.path("$schema").asText()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.path("$id").asText())
                .isEqualTo("https://streampane.dev/schemas/" + contract + "/v1/schema.json");
        assertThat(schema.path("title").asText()).isNotBlank();
        assertThat(fieldsWithoutDescription("", schema)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("json")
    void shouldAcceptExamplesAndFutureMessages(String contract) {
        Schema schema = schema(contract);
        List<String> refused = new ArrayList<>();
        for (String file : accepted(contract)) {
            List<Error> errors = schema.validate(text(contract, file), InputFormat.JSON);
            if (!errors.isEmpty()) {
                refused.add(file + ": " + errors);
            }
        }
        assertThat(refused).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("decoded")
    void shouldAcceptWhatMessagesReadAs(String contract) {
        Schema schema = schema(contract);
        for (JsonNode message : json(contract, "decoded.json")) {
            assertThat(message).isNotEmpty();
            for (JsonNode row : message) {
                assertThat(schema.validate(row.toString(), InputFormat.JSON)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void shouldRefuseEachRejectedOutputForTheKeywordInItsName(String contract) {
        Schema schema = schema(contract);
        for (String file : files(contract, "rejected")) {
            assertThat(schema.validate(text(contract, file), InputFormat.JSON))
                    .as(file)
                    .extracting(Error::getKeyword)
                    .isNotEmpty()
                    .containsOnly(reason(file));
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void shouldShowEveryReasonThatAMessageAloneCanHave(String contract) {
        Set<String> reasons = new TreeSet<>();
        json("dead-letter", "schema.json")
                .at("/properties/headers/properties/reason/enum")
                .forEach(reason -> reasons.add(reason.asText()));
        reasons.removeAll(NOT_IN_FILES);
        reasons.remove("not_csv");

        assertThat(files(contract, "rejected").stream().map(ContractFilesTest::reason))
                .hasSameElementsAs(reasons);
    }

    @Test
    void shouldShowEveryReasonThatARowAloneCanHave() {
        assertThat(files("time-series", "rejected").stream().map(ContractFilesTest::reason))
                .hasSameElementsAs(CSV_REASONS);
    }

    @ParameterizedTest
    @MethodSource("readByUs")
    void shouldSayWhatEachAcceptedInputReadsAs(String contract) {
        List<String> said = new ArrayList<>();
        json(contract, "decoded.json").fieldNames().forEachRemaining(said::add);

        assertThat(said).containsExactlyInAnyOrderElementsOf(accepted(contract));
    }

    @ParameterizedTest
    @ValueSource(strings = {"window-result", "window-preview"})
    void shouldAgreeWithinEachExampleOfAResult(String contract) {
        for (String file : files(contract, "examples")) {
            JsonNode result = json(contract, file);
            if (result.path("status").asText().equals("RETRACTED")) {
                continue;
            }
            JsonNode window = result.path("window");
            assertThat(instant(result, "minEventTime"))
                    .as(file)
                    .isBetween(instant(window, "start"), instant(window, "end"));
            assertThat(instant(result, "maxEventTime"))
                    .as(file)
                    .isBetween(instant(result, "minEventTime"), instant(window, "end"));
            if (result.path("job").asText().equals("weather-average")) {
                BigDecimal count = BigDecimal.valueOf(result.path("count").asLong());
                for (String name : List.of("temp", "hum")) {
                    BigDecimal sum = new BigDecimal(
                            new BigInteger(result.path("sums").path(name).asText()), 6);
                    assertThat(result.path("values").path("avg_" + name).decimalValue())
                            .as(file)
                            .isEqualByComparingTo(sum.divide(count, 6, RoundingMode.HALF_EVEN));
                }
            }
        }
    }

    private static Set<String> fieldsWithoutDescription(String path, JsonNode schema) {
        Set<String> found = new TreeSet<>();
        schema.path("properties").properties().forEach(field -> {
            String at = path + '/' + field.getKey();
            if (field.getValue().path("description").asText().isBlank()) {
                found.add(at);
            }
            found.addAll(fieldsWithoutDescription(at, field.getValue()));
        });
        if (schema.has("items")) {
            found.addAll(fieldsWithoutDescription(path, schema.path("items")));
        }
        return found;
    }

    private Schema schema(String contract) {
        return registry.getSchema(text(contract, "schema.json"));
    }

    private static Instant instant(JsonNode node, String field) {
        return Instant.parse(node.path(field).asText());
    }

    private static List<String> accepted(String contract) {
        return Stream.of("examples", "future")
                .flatMap(ContractFiles.of(contract)::names)
                .toList();
    }

    private static List<String> files(String contract, String part) {
        return ContractFiles.of(contract).names(part).toList();
    }

    private static String reason(String file) {
        return file.substring(file.indexOf('/') + 1).split("--", 2)[0];
    }

    private static String text(String contract, String file) {
        return new String(ContractFiles.of(contract).bytes(file), StandardCharsets.UTF_8);
    }

    private static JsonNode json(String contract, String file) {
        return Json.read(ContractFiles.of(contract).bytes(file));
    }
}
