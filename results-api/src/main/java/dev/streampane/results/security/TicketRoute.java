// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * {@code POST /api/v1/tickets}: a ticket for one stream, because a browser's EventSource cannot send headers. It is used once, within 30 s, as
 * {@code /api/v1/stream?ticket=…}; see {@link Tickets}.
 */
@Singleton
public record TicketRoute(Authentication authentication) {

    /** The responses of the route, as OpenAPI in YAML. */
    public static final String RESPONSES = """
            "201":
              description: The ticket, shown once
              headers:
                Cache-Control: {description: no-store, schema: {type: string}}
              content:
                application/json:
                  schema:
                    type: object
                    required: [ticket, expires]
                    properties: {ticket: {type: string}, expires: {type: string, format: date-time}}
            """;

    static final String PATH = "/api/v1/tickets";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    void add(@Observes Router router) {
        ProblemRoutes.add(router, PATH, this::answer);
    }

    private void answer(RoutingContext context) {
        Access access = Access.of(context);
        HttpServerRequest request = context.request();
        if (ProblemRoutes.answersOptions(context, "POST, OPTIONS")) {
            return;
        }
        if (!Accept.takes(request.headers().getAll("Accept"), "application/json")) {
            throw new ProblemException(Problem.ofStatus(406));
        }
        Parameters.of(request.query()).check();
        access.checkAny();
        Tickets.IssuedTicket ticket = authentication.ticket(access);
        context.response()
                .setStatusCode(201)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(JSON.createObjectNode()
                        .put("ticket", ticket.ticket())
                        .put("expires", ticket.expires().toString())
                        .toString());
    }
}
