// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailFeeds;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /api/v1/stream?job=&key=}: results and alerts as server-sent events, as they are committed.
 *
 * <p>A Vert.x route and not a resource, because it writes only what the connection takes, and because the framework loses stream
 * headers (quarkus#45406). The id of an event is a {@link dev.streampane.results.log.Position}; {@code Last-Event-ID}, or the parameter {@code lastEventId} for
 * clients that cannot send headers, resumes behind it.
 */
@ApplicationScoped
public class StreamRoute {

    private static final String PATH = "/api/v1/stream";
    private static final String EVENT_STREAM = "text/event-stream";

    private final Vertx vertx;
    private final TailFeeds feeds;
    private final StreamClients clients;
    private final ResultsConfig config;

    StreamRoute(Vertx vertx, TailFeeds feeds, StreamClients clients, ResultsConfig config) {
        this.vertx = vertx;
        this.feeds = feeds;
        this.clients = clients;
        this.config = config;
    }

    void add(@Observes Router router) {
        router.route(PATH).order(1).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        try {
            answer(context);
        } catch (ProblemException e) {
            ProblemRoutes.send(context, e.problem());
        }
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!List.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.method())) {
            throw refused(405, Map.of("Allow", "GET, HEAD"));
        }
        if (!Accept.takes(request.headers().getAll("Accept"), EVENT_STREAM)) {
            throw refused(406, Map.of());
        }
        Parameters parameters = Parameters.of(request.query(), "job", "key", "lastEventId");
        StreamFilter filter =
                new StreamFilter(
                        parameters.text("job", 100),
                        parameters.text("key", 256),
                        Access.of(context));
        Optional<String> lastEventId =
                Optional.ofNullable(request.getHeader("Last-Event-ID"))
                        .or(() -> parameters.raw("lastEventId"))
                        .filter(id -> !id.isEmpty());
        parameters.check();
        filter.check();
        if (!feeds.settled()) {
            throw unavailable(
                    ProblemType.FEED_LOADING, "The log of results has not been read yet.");
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            head(request.response()).end();
            return;
        }
        if (!clients.reserve()) {
            throw unavailable(
                    ProblemType.TOO_MANY_STREAMS, "No more streams are taken at the moment.");
        }
        HttpServerResponse response = head(request.response()).setChunked(true);
        new StreamClient(vertx, response, feeds.tail(), filter, clients, config.stream())
                .open(lastEventId);
    }

    private static HttpServerResponse head(HttpServerResponse response) {
        return response.putHeader("Content-Type", EVENT_STREAM)
                .putHeader("Cache-Control", "no-cache, no-transform")
                .putHeader("X-Accel-Buffering", "no");
    }

    private static ProblemException refused(int status, Map<String, String> headers) {
        return new ProblemException(Problem.ofStatus(status, headers));
    }

    private static ProblemException unavailable(ProblemType type, String detail) {
        return new ProblemException(Problem.unavailable(type, detail, Duration.ofSeconds(2)));
    }
}
