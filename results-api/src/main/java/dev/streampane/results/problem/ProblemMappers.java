// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns exceptions of resources into problem answers. */
class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    @ServerExceptionMapper
    Response problem(ProblemException exception, HttpServerRequest request) {
        return response(exception.problem(), request);
    }

    /** All resources are read-only. */
    @ServerExceptionMapper
    Response webApplication(WebApplicationException exception, HttpServerRequest request) {
        int status = exception.getResponse().getStatus();
        return response(status == 405 ? Problem.notAllowed(ProblemRoutes.READING) : Problem.ofStatus(status), request);
    }

    @ServerExceptionMapper
    Response unexpected(Throwable exception, HttpServerRequest request) {
        LOG.errorf(exception, "Request failed: path=%s", Parameters.shown(request.path()));
        return response(Problem.ofStatus(500), request);
    }

    private static Response response(Problem problem, HttpServerRequest request) {
        Response.ResponseBuilder response = Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(problem.json(request.path()));
        problem.headers().forEach(response::header);
        return response.build();
    }
}
