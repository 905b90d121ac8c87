// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code GET /api/v1/windows} with {@code Accept: application/x-ndjson} or {@code text/csv}: the same rows as in pages, one line each, as
 * many as there are unless {@code limit} says otherwise.
 *
 * <p>A Vert.x route and not a resource, because it writes only what the connection takes.
 */
@Singleton
public record WindowLinesRoute(
        Vertx vertx, WindowPages pages, ReadConsistency consistency, ConcurrencyLimits limits, ResultsConfig config) {

    private static final String PATH = "/api/v1/windows";
    private static final List<String> TYPES = Stream.concat(
                    Stream.of(MediaType.APPLICATION_JSON),
                    Arrays.stream(LineFormat.values()).map(LineFormat::mediaType))
            .toList();
    private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.HEAD);

    void add(@Observes Router router) {
        ProblemRoutes.add(router, PATH, this::handle);
    }

    private void handle(RoutingContext context) {
        context.response().putHeader("Vary", "Accept");
        Optional<LineFormat> format = format(context);
        if (!METHODS.contains(context.request().method()) || format.isEmpty()) {
            context.next();
            return;
        }
        answer(context, format.get());
    }

    /** The line format, if the request prefers one to a JSON page. */
    private static Optional<LineFormat> format(RoutingContext context) {
        return Accept.best(context.request().headers().getAll(HttpHeaders.ACCEPT), TYPES)
                .flatMap(LineFormat::of);
    }

    private void answer(RoutingContext context, LineFormat format) {
        if (format == LineFormat.CSV && context.request().version() == HttpVersion.HTTP_1_0) {
            throw new ProblemException(
                    ProblemType.BAD_REQUEST,
                    "HTTP/1.0 does not show whether a CSV is complete; allowed are HTTP/1.1 and 2, or application/x-ndjson.");
        }
        Access access = Access.of(context);
        WindowQuery query = WindowQuery.lines(context.request().query(), access, consistency::of);
        HttpServerResponse response = context.response();
        // the framework's preset value, which prevents compression
        response.headers().remove("Content-Encoding");
        response.putHeader("Content-Type", format.contentType())
                .putHeader("Cache-Control", "private, no-cache")
                .putHeader("X-Accel-Buffering", "no");
        Context loop = vertx.getOrCreateContext();
        WindowLines lines = new WindowLines(pages, query, format, context.request(), loop, config.stream(), access);
        pages.ready(query, access)
                .chain(() -> lines.first(limits.lines()))
                .subscribe()
                .with(
                        page -> lines.begin(page, context.request().method() == HttpMethod.HEAD),
                        failure ->
                                loop.runOnContext(ready -> ProblemRoutes.send(context, WindowLines.problem(failure))));
    }
}
