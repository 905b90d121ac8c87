// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The OpenAPI document of the service under test, and what of an answer differs from it. */
final class ApiDescription {

    /** Headers of HTTP, browsers and proxies, which the document leaves out. */
    private static final Set<String> GENERAL_HEADERS = Set.of(
            "cache-control",
            "connection",
            "content-encoding",
            "content-length",
            "content-security-policy",
            "content-type",
            "cross-origin-resource-policy",
            "date",
            "referrer-policy",
            "transfer-encoding",
            "vary",
            "x-accel-buffering",
            "x-content-type-options");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final JsonNode document;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private ApiDescription(JsonNode document) {
        this.document = document;
    }

    static ApiDescription read() {
        try {
            return new ApiDescription(JSON.readTree(given().noFilters()
                    .get("/q/openapi?format=json")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** What is wrong with an example. */
    List<String> violations(JsonNode schema, JsonNode example) {
        return violations(schema(schema), example.toString());
    }

    /** What of an answer is not as the document says: status, media type, body, headers; nothing for methods and paths that it does not have. */
    List<String> violations(String method, String path, Response answer) {
        Optional<JsonNode> operation = operation(method, path);
        if (operation.isEmpty()) {
            return List.of();
        }
        JsonNode described = resolved(operation.get().at("/responses/" + answer.statusCode()));
        if (described.isMissingNode()) {
            return List.of("status " + answer.statusCode());
        }
        List<String> wrong = new ArrayList<>();
        for (Header header : answer.headers()) {
            if (!GENERAL_HEADERS.contains(header.getName().toLowerCase(Locale.ROOT))
                    && !described.path("headers").has(header.getName())) {
                wrong.add("header " + header);
            }
        }
        String type = answer.contentType().replaceFirst(";.*", "");
        byte[] body = answer.asByteArray();
        JsonNode content = described.path("content").path(type);
        if (body.length > 0 && content.isMissingNode()) {
            wrong.add("media type " + type);
        } else if (type.matches(".*[/+]json")) {
            String id = String.join(
                    " ", operation.get().get("operationId").asText(), type, String.valueOf(answer.statusCode()));
            Schema schema = schemas.computeIfAbsent(id, key -> schema(content.get("schema")));
            wrong.addAll(violations(schema, answer.asString()));
        }
        return wrong;
    }

    /** The operation that a request is for. */
    Optional<JsonNode> operation(String method, String path) {
        return Stream.of(document.get("paths"))
                .flatMap(paths -> paths.properties().stream())
                .filter(one -> path.matches(one.getKey().replaceAll("\\{[^}]*}", "[^/]+")))
                .min(Comparator.comparing(one -> one.getKey().contains("{")))
                .map(one -> one.getValue().get(method.toLowerCase(Locale.ROOT)));
    }

    private Schema schema(JsonNode schema) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Inlined.of(schema, this::resolved).toString());
    }

    private static List<String> violations(Schema schema, String json) {
        return schema.validate(json, InputFormat.JSON).stream()
                .map(String::valueOf)
                .toList();
    }
}
