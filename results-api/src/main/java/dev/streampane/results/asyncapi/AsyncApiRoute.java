// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.asyncapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code GET /q/asyncapi}: the streams of this service as an AsyncAPI document, in YAML, or in JSON on request. */
@ApplicationScoped
public class AsyncApiRoute {

    private static final String PATH = "/q/asyncapi";
    private static final String DOCUMENT = "META-INF/asyncapi.yaml";
    private static final String YAML = "application/yaml";
    private static final String JSON = "application/json";
    private static final Parameter<Optional<String>> FORMAT =
            Parameter.word("format", "Instead of what Accept says", "yaml", "json");

    private static final YAMLMapper READER = YAMLMapper.builder().build();

    private final byte[] yaml;
    private final byte[] json;

    AsyncApiRoute() throws IOException {
        JsonNode document = document();
        yaml = READER.writeValueAsBytes(document);
        json = JsonMapper.builder().build().writeValueAsBytes(document);
    }

    /** The document, with the schemas of the contracts inserted. */
    static JsonNode document() throws IOException {
        JsonNode document = read(DOCUMENT);
        for (Map.Entry<String, JsonNode> schema :
                document.at("/components/schemas").properties()) {
            if (schema.getValue().has("schemaFormat")) {
                ((ObjectNode) schema.getValue()).set("schema", read("schemas/" + schema.getKey() + "/v1/schema.json"));
            }
        }
        return document;
    }

    private static JsonNode read(String resource) throws IOException {
        try (InputStream document =
                Thread.currentThread().getContextClassLoader().getResourceAsStream(resource)) {
            return READER.readTree(document);
        }
    }

    void add(@Observes Router router) {
        ProblemRoutes.add(router, PATH, this::answer);
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!List.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.method())) {
            throw new ProblemException(Problem.notAllowed("GET, HEAD"));
        }
        Parameters parameters = Parameters.of(request.query(), List.of(FORMAT));
        Optional<String> format = parameters.get(FORMAT);
        parameters.check();
        List<String> accept = request.headers().getAll("Accept");
        String type = format.map(word -> word.equals("json") ? JSON : YAML).orElseGet(() -> accepted(accept));
        context.response()
                .putHeader("Content-Type", type + ";charset=UTF-8")
                .putHeader("Vary", "Accept")
                .end(Buffer.buffer(type.equals(JSON) ? json : yaml));
    }

    /** YAML, or JSON for a client that accepts JSON and not YAML. */
    private static String accepted(List<String> accept) {
        if (Accept.takes(accept, YAML)) {
            return YAML;
        }
        if (Accept.takes(accept, JSON)) {
            return JSON;
        }
        throw new ProblemException(Problem.ofStatus(406));
    }
}
