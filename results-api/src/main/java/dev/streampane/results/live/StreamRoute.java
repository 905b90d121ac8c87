// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Connection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * {@code GET /api/v1/stream}: results, alerts and word counts as they are committed, as server-sent events or as lines of JSON.
 *
 * <p>This is a Vert.x route and not a REST resource because it writes only what the connection takes, and because the framework loses headers of
 * streams (quarkus#45406). The id of an event is a {@link Position}. {@code Last-Event-ID}, or the parameter {@code lastEventId} for
 * clients that cannot send headers, resumes after it.
 */
@Singleton
public record StreamRoute(LiveFeed feed, StreamClients clients) {

    /** A larger buffer would take memory outside the heap, and hold events older than those that the client could be sent instead. */
    private static final int SEND_BUFFER_BYTES = 64 << 10;

    private static final Logger LOG = Logger.getLogger(StreamRoute.class);

    /** The responses of the stream, as OpenAPI in YAML. */
    public static final String RESPONSES = """
            "200":
              description: A stream that does not end by itself
              headers:
                Cache-Control: {description: "no-cache, no-transform", schema: {type: string}}
                X-Accel-Buffering: {description: "no", schema: {type: string}}
              content:
                text/event-stream: {schema: {type: string}}
                application/x-ndjson: {schema: {type: string, description: "One object per line: `event`, `data` and, where there is one, `id`"}}
            """;

    static final String PATH = "/api/v1/stream";

    void add(@Observes Router router) {
        ProblemRoutes.add(router, PATH, this::answer);
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        Access access = Access.of(context);
        if (ProblemRoutes.answersOptions(context, ProblemRoutes.READING)) {
            return;
        }
        List<String> accept = request.headers().getAll("Accept");
        if (!Accept.takes(accept, Format.preferred(accept).mediaType())) {
            throw new ProblemException(Problem.ofStatus(406));
        }
        StreamRequest asked = StreamRequest.of(request, access);
        if (!feed.feeds().settled()) {
            throw ProblemException.feedLoading();
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            head(request.response(), asked.format()).end();
            return;
        }
        if (clients.closed()) {
            // browsers reconnect when a connection breaks, but not after a 503
            Connection.cut(request);
            return;
        }
        clients.reserve(asked.access());
        if (asked.since().isPresent() && asked.lastEventId().isEmpty()) {
            openSince(context, asked, asked.since().get());
        } else {
            open(context, asked, () -> first(asked));
        }
    }

    /**
     * Looks up the position before the stream opens, so that a failure of Kafka is answered with a problem. When the client disconnects meanwhile,
     * its place is given back.
     */
    private void openSince(RoutingContext context, StreamRequest asked, Instant instant) {
        HttpServerResponse response = context.response();
        CompletableFuture<Position> question = Uni.createFrom()
                .deferred(
                        () -> feed.catchUp().positionAt(instant, asked.access().name()))
                .subscribeAsCompletionStage();
        response.closeHandler(gone -> question.cancel(false));
        if (response.closed()) {
            question.cancel(false);
        }
        Future.fromCompletionStage(question, context.vertx().getOrCreateContext())
                .onComplete(found -> {
                    response.closeHandler(null);
                    if (found.failed() && !response.closed()) {
                        clients.release(asked.access());
                        ProblemRoutes.send(context, problem(found.cause()));
                    } else {
                        open(context, asked, () -> new BehindStage(found.result(), false));
                    }
                });
    }

    private static Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        LOG.errorf(failure, "A stream could not be opened");
        return Problem.ofStatus(500);
    }

    /**
     * Opens a stream in its reserved place. The place is given back when opening fails, or when the client disconnected during authentication or
     * the lookup of the position.
     */
    private void open(RoutingContext context, StreamRequest asked, Supplier<Stage> first) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            clients.release(asked.access());
            return;
        }
        StreamClient client;
        try {
            head(response, asked.format()).setChunked(true);
            client = new StreamClient(feed, clients, asked, new Connection(context.request(), SEND_BUFFER_BYTES));
            if (asked.previews()) {
                feed.previews().want();
            }
        } catch (RuntimeException | Error e) {
            clients.release(asked.access());
            failed(context, e);
            return;
        }
        try {
            clients.add(client);
            response.closeHandler(gone -> client.close("client"));
            response.exceptionHandler(failure -> client.close("client"));
            response.drainHandler(drained -> client.drained());
            client.open(first.get(), asked.lastEventId(), lifeNanos(), retryMillis());
        } catch (RuntimeException | Error e) {
            client.close("internal");
            failed(context, e);
        }
    }

    private static void failed(RoutingContext context, Throwable failure) {
        Problem problem = problem(failure);
        if (context.response().headWritten()) {
            Connection.cut(context.request());
        } else {
            ProblemRoutes.send(context, problem);
        }
    }

    private Stage first(StreamRequest asked) {
        if (asked.lastEventId().isPresent()) {
            Optional<Position> wanted = asked.lastEventId().flatMap(Position::parse);
            return wanted.isPresent()
                    ? BehindStage.asked(feed.tail(), wanted.get())
                    : client -> client.reset(ResetReason.GARBAGE);
        }
        return asked.snapshot() > 0
                ? new SnapshotStage(feed.snapshots(), asked.snapshot())
                : new LiveStage(feed.broadcaster(), feed.broadcaster().now());
    }

    private long lifeNanos() {
        long life = feed.config().maxLife().toNanos();
        return life - ThreadLocalRandom.current().nextLong(life / 8 + 1);
    }

    private long retryMillis() {
        long retry = feed.config().retry().toMillis();
        return retry + ThreadLocalRandom.current().nextLong(-retry / 4, retry / 4 + 1);
    }

    private static HttpServerResponse head(HttpServerResponse response, Format format) {
        return response.putHeader("Content-Type", format.mediaType())
                .putHeader("Cache-Control", "no-cache, no-transform")
                .putHeader("Vary", "Accept")
                .putHeader("X-Accel-Buffering", "no");
    }
}
