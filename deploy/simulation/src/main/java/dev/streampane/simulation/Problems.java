// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to {@link Problem}s. */
class Problems {

    private static final Logger LOG = Logger.getLogger(Problems.class);

    /** The methods of the simulator's only resource. */
    private static final String METHODS = "GET, HEAD, PUT, OPTIONS";

    @ServerExceptionMapper
    Response invalid(InvalidRequestException e, UriInfo uri) {
        String detail = e.violations().stream()
                .map(v -> (v.field().isEmpty() ? "the body" : v.field()) + " " + v.message())
                .collect(Collectors.joining("; "));
        return answer(new Problem(
                "urn:streampane:problem:invalid-field", "Invalid request", 400, detail, uri.getPath(), e.violations()));
    }

    @ServerExceptionMapper
    Response http(WebApplicationException e, UriInfo uri) {
        Response.StatusType status = e.getResponse().getStatusInfo();
        Response answer =
                answer(Problem.of(status.getStatusCode(), status.getReasonPhrase(), e.getMessage(), uri.getPath()));
        return status.getStatusCode() == 405
                ? Response.fromResponse(answer).header("Allow", METHODS).build()
                : answer;
    }

    @ServerExceptionMapper
    Response unexpected(RuntimeException e, UriInfo uri) {
        LOG.errorf(e, "request failed: path=%s", uri.getPath());
        return answer(Problem.of(500, "Internal Server Error", "internal error; see the log", uri.getPath()));
    }

    private static Response answer(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
