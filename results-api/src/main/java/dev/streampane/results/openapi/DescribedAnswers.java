// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.AggregateResource;
import dev.streampane.results.alerts.AlertResource;
import dev.streampane.results.explain.ExplainResource;
import dev.streampane.results.jobs.KeyResource;
import dev.streampane.results.live.StreamRoute;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.rejects.RejectsResource;
import dev.streampane.results.security.TicketRoute;
import dev.streampane.results.windows.HistoryResource;
import dev.streampane.results.windows.WindowResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Adds to the OpenAPI document the schemas of answers that are not Java records: messages of contracts, JSON trees, and answers of routes. */
final class DescribedAnswers {

    private static final List<String> SCHEMAS = List.of(
            WindowResource.SCHEMAS,
            HistoryResource.SCHEMAS,
            AggregateResource.SCHEMAS,
            KeyResource.SCHEMAS,
            AlertResource.SCHEMAS,
            ExplainResource.SCHEMAS,
            RejectsResource.SCHEMAS,
            Problem.SCHEMA);
    private static final Map<String, String> ROUTES =
            Map.of("streamWindows", StreamRoute.RESPONSES, "createTicket", TicketRoute.RESPONSES);
    private static final String HEADERS = """
            Position:
              description: The answer holds up to this position of the log
              schema: {type: string}
              example: window-results~Zf3kq2nBSpKj8cV0m1xZbQ~13.0.7.31
            Link: {description: "The next page (RFC 8288, rel=next)", schema: {type: string}}
            RateLimit-Policy: {description: The limit of requests of the caller, schema: {type: string}, example: '"requests";q=200;w=2'}
            RateLimit: {description: How many requests the caller has left, schema: {type: string}, example: '"requests";r=199;t=1'}
            """;

    private DescribedAnswers() {}

    static void addTo(Components components) {
        components.getSchemas().values().forEach(DescribedAnswers::require);
        ObjectNode schemas = Fragments.tree(String.join("", SCHEMAS));
        schemas.set("Result", contract("window-result"));
        schemas.set("Alert", contract("alert"));
        Fragments.components("schemas", schemas).getSchemas().forEach(components::addSchema);
        Fragments.components("headers", Fragments.tree(HEADERS)).getHeaders().forEach(components::addHeader);
    }

    /** A contract's schema without its conditions for single jobs, and without its own identifiers. */
    private static ObjectNode contract(String name) {
        return Fragments.contract(name).without(List.of("$schema", "$id", "allOf"));
    }

    /** Requires every field of a record, unless the record declares which ones. */
    private static void require(Schema schema) {
        if (schema.getRequired() == null && schema.getProperties() != null) {
            schema.setRequired(List.copyOf(schema.getProperties().keySet()));
        }
    }

    /** Describes the answers of an operation. Takes its examples out of {@code examples}, where their names are operation and media type. */
    static void describe(Operation operation, Map<String, Example> examples) {
        if (ROUTES.containsKey(operation.getOperationId())) {
            operation.setResponses(responses(ROUTES.get(operation.getOperationId())));
        }
        if (ApiDocument.takes(operation, "atLeast")) {
            APIResponse answer = operation.getResponses().getAPIResponse("200");
            answer.addHeader("Streampane-Position", OASFactory.createHeader().ref("Position"));
            if (ApiDocument.takes(operation, "after")) {
                answer.addHeader("Link", OASFactory.createHeader().ref("Link"));
            }
        }
        operation.getResponses().getAPIResponses().values().forEach(DescribedAnswers::addRateLimits);
        Optional.ofNullable(operation.getResponses().getAPIResponse("304"))
                .ifPresent(unchanged -> unchanged.setHeaders(
                        operation.getResponses().getAPIResponse("200").getHeaders()));
        operation.getResponses().getAPIResponses().values().stream()
                .filter(response -> response.getContent() != null)
                .flatMap(response -> response.getContent().getMediaTypes().entrySet().stream())
                .forEach(content -> Optional.ofNullable(examples.remove(
                                operation.getOperationId() + content.getKey().replaceFirst(".*/", ".")))
                        .ifPresent(example -> content.getValue().setExample(example.getValue())));
    }

    static void addRateLimits(APIResponse response) {
        for (String name : List.of("RateLimit-Policy", "RateLimit")) {
            response.addHeader(name, OASFactory.createHeader().ref(name));
        }
    }

    private static APIResponses responses(String yaml) {
        ObjectNode paths = Fragments.YAML.createObjectNode();
        paths.withObject("/one/get").set("responses", Fragments.tree(yaml));
        return Fragments.components("pathItems", paths)
                .getPathItems()
                .get("one")
                .getGET()
                .getResponses();
    }
}
