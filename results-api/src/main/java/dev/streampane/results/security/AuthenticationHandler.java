// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.problem.RareWarnings;
import io.quarkus.oidc.OIDCException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Authenticates and rate-limits each request under {@code /api} before its handler; an admitted request carries an {@link Access}. */
@Singleton
public final class AuthenticationHandler {

    /** The parameter of the stream that carries a ticket. */
    public static final String TICKET = "ticket";

    /** After the framework's CORS check (-300) and its security handlers (-200, -100), before every handler that answers. */
    public static final int ORDER = -90;

    private static final String STREAM = "/api/v1/stream";
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Logger LOG = Logger.getLogger(AuthenticationHandler.class);

    private final Authentication authentication;
    private final RateLimits limits;
    private final RareWarnings warnings = new RareWarnings();

    AuthenticationHandler(Authentication authentication, RateLimits limits) {
        this.authentication = authentication;
        this.limits = limits;
    }

    void add(@Observes Router router) {
        router.route().order(ORDER).handler(this::admit);
    }

    private void admit(RoutingContext context) {
        String path = context.normalizedPath();
        if (!path.startsWith("/api")) {
            context.next();
            return;
        }
        Future<Optional<Access>> access = authentication.access(context, ticket(context, path));
        if (!access.isComplete()) {
            context.request().pause();
        }
        access.onComplete(asked -> {
            context.request().resume();
            admit(context, asked);
        });
    }

    private void admit(RoutingContext context, AsyncResult<Optional<Access>> asked) {
        Optional<Access> found = asked.succeeded() ? asked.result() : Optional.empty();
        try {
            if (asked.cause() instanceof ProblemException problem) {
                throw problem;
            }
            limits.take(() -> who(context, found), context.response());
            if (asked.cause() instanceof OIDCException failure) {
                throw issuerUnavailable(failure);
            }
            if (found.isEmpty()) {
                throw new ProblemException(unauthorized(context));
            }
            // everything but tickets is read-only
            if (!context.normalizedPath().equals(TicketRoute.PATH)
                    && !READING.contains(context.request().method())) {
                throw new ProblemException(Problem.ofStatus(405, Map.of("Allow", "GET, HEAD, OPTIONS")));
            }
        } catch (ProblemException e) {
            ProblemRoutes.send(context, e.problem());
            return;
        }
        found.get().set(context);
        context.next();
    }

    private ProblemException issuerUnavailable(OIDCException failure) {
        if (warnings.isDue("issuer")) {
            LOG.warnf("Tokens cannot be verified: cause=%s", failure);
        }
        return ProblemException.unavailable(
                ProblemType.ISSUER_UNAVAILABLE, "The issuer of tokens does not answer.", Duration.ofSeconds(5));
    }

    private static String who(RoutingContext context, Optional<Access> found) {
        String address = Access.network(Access.address(context.request().remoteAddress()));
        return found.map(Access::name)
                .filter(name -> !name.equals(address))
                .map(name -> "name " + name)
                .orElseGet(() -> "address " + address);
    }

    private Problem unauthorized(RoutingContext context) {
        boolean presented = authentication.presented(context.request());
        return Problem.ofStatus(
                401,
                Map.of(
                        "WWW-Authenticate",
                        "Bearer realm=\"streampane\"" + (presented ? ", error=\"invalid_token\"" : "")));
    }

    private static Optional<String> ticket(RoutingContext context, String path) {
        return path.equals(STREAM)
                ? Parameters.of(context.request().query(), TICKET).raw(TICKET)
                : Optional.empty();
    }
}
