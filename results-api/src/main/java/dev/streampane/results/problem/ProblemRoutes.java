// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/** Answers with a problem where no resource answers: unknown paths, refused methods, invalid HTTP requests. */
@ApplicationScoped
public class ProblemRoutes {

    /** The methods of what can only be read, as in a header {@code Allow}. */
    public static final String READING = "GET, HEAD, OPTIONS";

    void add(@Observes Router router) {
        router.route().order(Integer.MAX_VALUE).handler(context -> send(context, Problem.ofStatus(404)));
        for (int status : new int[] {400, 404, 405, 406, 413, 415, 500}) {
            router.errorHandler(status, context -> send(context, Problem.ofStatus(status)));
        }
    }

    /** Adds a route before those of resources; a problem that {@code answer} throws is its answer. */
    public static void add(Router router, String path, Handler<RoutingContext> answer) {
        router.route(path).order(1).handler(context -> {
            try {
                answer.handle(context);
            } catch (ProblemException e) {
                send(context, e.problem());
            }
        });
    }

    /**
     * Answers OPTIONS; returns whether the request was that.
     *
     * @param methods what is allowed, as in a header {@code Allow}
     * @throws ProblemException 405 for a method that is not among them
     */
    public static boolean answersOptions(RoutingContext context, String methods) {
        String method = context.request().method().name();
        if (!List.of(methods.split(", ")).contains(method)) {
            throw new ProblemException(Problem.notAllowed(methods));
        }
        if (!method.equals("OPTIONS")) {
            return false;
        }
        context.response().putHeader("Allow", methods).end();
        return true;
    }

    /** Answers with {@code problem}, unless an answer has already begun. */
    public static void send(RoutingContext context, Problem problem) {
        HttpServerResponse response = context.response();
        if (response.headWritten() || response.ended()) {
            return;
        }
        response.putHeader("Cache-Control", "no-store");
        problem.headers().forEach(response::putHeader);
        response.setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .end(Buffer.buffer(problem.json(context.request().path())));
    }
}
