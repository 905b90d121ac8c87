// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.store.ResultJson;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/**
 * A page of an answer that tells what it leaves out.
 *
 * @param next cursor of the next page; empty on the last one
 * @param reason why rows may be missing that are not on any further page; empty if none are
 * @param position up to which the answer holds; empty if there is no log
 */
public record ResultPage(
        List<? extends JsonNode> items,
        Optional<String> next,
        Optional<String> reason,
        Optional<TopicPosition> position) {

    /** Maximum number of items on a page. */
    public static final int MAX_ITEMS = 500;

    /** Number of items on a page if the query sets no limit. */
    public static final int DEFAULT_ITEMS = 50;

    /** The parameter for the number of items on a page. */
    public static Parameter<Integer> limit(String description) {
        return Parameter.integer("limit", description, 1, MAX_ITEMS, DEFAULT_ITEMS);
    }

    /** The JSON Schema of a page, in YAML, under the key {@code name}. */
    public static String schema(String name, String items, String position) {
        return """
            %s:
              type: object
              required: [items, next, truncated, position]
              properties:
                items: {type: array, items: %s}
                next: {type: [string, "null"], description: "Where the next page begins; null on the last one"}
                truncated: {type: boolean, description: "Whether rows are or may be left out: those after `next`, or those for which `reason` says why"}
                reason: {type: string, enum: [store-behind], description: "Elasticsearch does not show yet everything that memory no longer has, so rows may be missing or in an older revision"}
                position: {type: %s, description: "The answer holds up to this position of the log; null while there is none"}
            """.formatted(name, items, position);
    }

    public ResultPage(
            List<? extends JsonNode> items, Optional<String> next, Optional<String> reason, TopicPosition position) {
        this(items, next, reason, Optional.of(position));
    }

    /** Name of the header with the position up to which an answer holds. */
    public static final String POSITION = "Streampane-Position";

    /** The body: {@code {"items":[…],"next":…,"truncated":…,"position":…}}. */
    public ObjectNode json() {
        ObjectNode page = ResultJson.JSON.createObjectNode();
        page.putArray("items").addAll(items);
        page.put("next", next.orElse(null));
        page.put("truncated", next.isPresent() || reason.isPresent());
        reason.ifPresent(why -> page.put("reason", why));
        page.put("position", position.map(TopicPosition::toString).orElse(null));
        return page;
    }

    /** The response with this page, and with a link to the next page (RFC 8288) if there is one. */
    public RestResponse<String> answer(RoutingContext context) {
        ResponseBuilder<String> response = response(json(), position);
        next.ifPresent(cursor -> response.header("Link", link(context.request(), cursor)));
        return response.build();
    }

    /** The response with {@code body}, which holds up to {@code position}. */
    public static RestResponse<String> answer(JsonNode body, Optional<TopicPosition> position) {
        return response(body, position).build();
    }

    private static ResponseBuilder<String> response(JsonNode body, Optional<TopicPosition> position) {
        ResponseBuilder<String> response =
                ResponseBuilder.ok(body.toString()).header("Cache-Control", "private, no-cache");
        position.ifPresent(held -> response.header(POSITION, held.toString()));
        return response;
    }

    private static String name(String pair) {
        return URLDecoder.decode(pair.split("=", 2)[0], StandardCharsets.UTF_8);
    }

    private static String link(HttpServerRequest request, String cursor) {
        String query = request.query() == null ? "" : request.query();
        String others = Stream.concat(
                        Arrays.stream(query.split("&"))
                                .filter(pair -> !pair.isEmpty())
                                .filter(pair -> !name(pair).equals("after")),
                        Stream.of("after=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
        String target = request.path() + "?" + others;
        return "<" + target.replace("<", "%3C").replace(">", "%3E") + ">; rel=\"next\"";
    }
}
