// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.streampane.local.server.Checkout;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Inlined;
import dev.streampane.results.live.StreamRequest;
import dev.streampane.results.problem.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncApiTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonNode DOCUMENT = document();

    @Test
    void shouldBeValidByTheSchemaOfAsyncApi() throws IOException {
        try (GZIPInputStream schema = new GZIPInputStream(getClass().getResourceAsStream("/asyncapi/3.0.0.json.gz"))) {
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                            .getSchema(new String(schema.readAllBytes(), StandardCharsets.UTF_8))
                            .validate(DOCUMENT.toString(), InputFormat.JSON))
                    .isEmpty();
        }
    }

    @Test
    void shouldReferToWhatIsThere() {
        DOCUMENT.findValuesAsText("$ref").stream()
                .filter(ref -> !ref.startsWith("#/$defs"))
                .forEach(ref -> assertThat(at(ref).isMissingNode()).as(ref).isFalse());
    }

    static Stream<String> contracts() {
        return Stream.of(
                "window-result",
                "window-preview",
                "alert",
                "word-count",
                "audit-line",
                "job-run",
                "dead-letter",
                "late-record",
                "device-reading",
                "transaction",
                "heartbeat");
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void shouldHoldTheContractsAsTheyAre(String contract) throws IOException {
        assertThat(DOCUMENT.at("/components/schemas/" + contract + "/schema"))
                .isEqualTo(
                        JSON.readTree(Fixtures.bytes(Fixtures.contract(contract).resolve("schema.json"))));
    }

    static Stream<Arguments> messages() {
        return DOCUMENT.at("/components/messages").properties().stream()
                .map(message -> Arguments.of(message.getKey(), message.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void shouldShowAValidExampleOfEachMessage(String name, JsonNode message) {
        assertThat(message.path("examples")).isNotEmpty();
        for (JsonNode example : message.get("examples")) {
            assertValid(message.get("payload"), example.get("payload"));
            if (message.has("headers")) {
                assertValid(message.get("headers"), example.get("headers"));
            }
        }
    }

    @Test
    void shouldUseEachMessageInAChannelAndEachChannelInAnOperation() {
        List<JsonNode> used = new ArrayList<>();
        DOCUMENT.get("channels").forEach(channel -> channel.get("messages").forEach(used::add));
        assertThat(DOCUMENT.at("/components/messages").properties()).allSatisfy(message -> assertThat(used.toString())
                .contains("\"#/components/messages/" + message.getKey() + "\""));
        assertThat(DOCUMENT.get("channels").properties())
                .allSatisfy(channel -> assertThat(DOCUMENT.get("operations").toString())
                        .contains("\"#/channels/" + channel.getKey() + "\""));
    }

    @Test
    void shouldNameEachTopicThatResultsApiMayRead() throws IOException {
        List<String> named = new ArrayList<>();
        DOCUMENT.get("channels").forEach(channel -> {
            if (channel.get("servers").toString().contains("kafka")) {
                named.add(channel.path("address").asText());
            }
        });

        List<String> read = new ArrayList<>();
        for (JsonNode principal : new YAMLMapper()
                .readTree(Checkout.root().resolve("deploy/acls.yml").toFile())
                .findParents("acls")) {
            if (principal.path("name").asText().equals("results-api")) {
                principal.get("acls").forEach(acl -> {
                    if (acl.path("resource").asText().equals("topic")) {
                        read.add(acl.path("name").asText());
                    }
                });
            }
        }
        assertThat(named).isNotEmpty().containsExactlyInAnyOrderElementsOf(read);
    }

    /** The stream is in both documents: what can be sent with the request must be the same in both. */
    @Test
    void shouldTakeTheParametersThatOpenApiHas() {
        Set<String> open = StreamRequest.PARAMETERS.stream()
                .filter(parameter -> parameter.in().equals("query"))
                .map(Parameter::name)
                .collect(Collectors.toSet());
        List<String> here = new ArrayList<>();
        DOCUMENT.at("/components/schemas/streamParameters/properties")
                .fieldNames()
                .forEachRemaining(here::add);
        assertThat(here).containsExactlyInAnyOrderElementsOf(open);
    }

    private static void assertValid(JsonNode schema, JsonNode example) {
        JsonNode resolved = Inlined.of(schema, AsyncApiTest::meant);
        JsonNode plain = resolved.has("schemaFormat") ? resolved.get("schema") : resolved;
        SpecificationVersion version =
                resolved.has("schemaFormat") ? SpecificationVersion.DRAFT_2020_12 : SpecificationVersion.DRAFT_7;
        assertThat(SchemaRegistry.withDefaultDialect(version)
                        .getSchema(plain.toString())
                        .validate(example.toString(), InputFormat.JSON))
                .as(example.toString())
                .isEmpty();
    }

    private static JsonNode meant(JsonNode schema) {
        String ref = schema.path("$ref").asText();
        return ref.startsWith("#/components/") ? at(ref) : schema;
    }

    private static JsonNode at(String ref) {
        return DOCUMENT.at(ref.substring(1));
    }

    private static JsonNode document() {
        try {
            return AsyncApiRoute.document();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
