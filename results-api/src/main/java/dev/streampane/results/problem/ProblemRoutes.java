// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Answers with a problem where no resource answers: unknown paths, refused methods, invalid HTTP requests. */
@ApplicationScoped
public class ProblemRoutes {

    void add(@Observes Router router) {
        router.route().order(Integer.MAX_VALUE).handler(context -> send(context, Problem.ofStatus(404)));
        for (int status : new int[] {400, 404, 405, 406, 413, 415, 500}) {
            router.errorHandler(status, context -> send(context, Problem.ofStatus(status)));
        }
    }

    /** A handler that answers with the problem that {@code answer} throws. */
    public static Handler<RoutingContext> answering(Handler<RoutingContext> answer) {
        return context -> {
            try {
                answer.handle(context);
            } catch (ProblemException e) {
                send(context, e.problem());
            }
        };
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
