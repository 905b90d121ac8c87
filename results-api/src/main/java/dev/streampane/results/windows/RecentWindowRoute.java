// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.vertx.http.runtime.security.SecurityHandlerPriorities;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;

/**
 * Answers {@code GET /api/v1/windows/{id}} without parameters if the tail alone is enough. It runs before JAX-RS to save its cost
 * ({@code streampane bench rest}). {@link WindowResource} answers all other requests.
 */
@Singleton
public record RecentWindowRoute(TailFeeds feeds, MergedWindows windows) {

    private static final CharSequence JSON = HttpHeaders.createOptimized(MediaType.APPLICATION_JSON + ";charset=UTF-8");

    void add(@Observes Router router) {
        router.get("/api/v1/windows/:id")
                .order(1 - SecurityHandlerPriorities.AUTHORIZATION)
                .handler(this::handle);
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!feeds.loaded()
                || request.query() != null
                || request.path().indexOf('%') >= 0
                || !Accept.takes(request.headers().getAll(HttpHeaders.ACCEPT), MediaType.APPLICATION_JSON)) {
            context.next();
            return;
        }
        Access access = Access.of(context);
        windows.ofTail(context.pathParam("id"))
                .filter(one -> access.mayRead(one.found().job(), one.found().key()))
                .ifPresentOrElse(one -> answer(context, one), context::next);
    }

    private static void answer(RoutingContext context, Answer<TailEntry> one) {
        Optional<String> body = SingleWindow.body(context, one.found(), one.shown());
        HttpServerResponse response = context.response();
        if (body.isEmpty()) {
            response.setStatusCode(304).end();
            return;
        }
        // the framework's preset value, which prevents compression
        response.headers().remove(HttpHeaders.CONTENT_ENCODING);
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body.get());
    }
}
