// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.problem.RareWarnings;
import io.quarkus.oidc.OIDCException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Rate-limits each request under {@code /api}, and permits it when its identity has an {@link Access}. */
@Singleton
public final class ApiPolicy implements HttpSecurityPolicy {

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Logger LOG = Logger.getLogger(ApiPolicy.class);

    private final Credentials credentials;
    private final RateLimits limits;
    private final RareWarnings warnings = new RareWarnings();

    ApiPolicy(Credentials credentials, RateLimits limits) {
        this.credentials = credentials;
        this.limits = limits;
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext context, Uni<SecurityIdentity> identity, AuthorizationRequestContext blocking) {
        if (!context.normalizedPath().startsWith("/api")) {
            return CheckResult.permit();
        }
        if (!credentials.areChecked(context)) { // asking the framework for an identity takes microseconds
            String address = Access.address(context.request().remoteAddress());
            decide(context, Optional.of(Access.unrestricted(address)), null);
            return CheckResult.permit();
        }
        // the framework's handler would answer before the request is counted
        context.remove(QuarkusHttpUser.AUTH_FAILURE_HANDLER);
        return identity.onItemOrFailure().transform((found, failure) -> {
            decide(context, Optional.ofNullable(found).flatMap(Access::of), failure);
            return CheckResult.PERMIT;
        });
    }

    /** Answers a request that is refused; the framework does not go on with a request that is answered. */
    private void decide(RoutingContext context, Optional<Access> found, Throwable failure) {
        try {
            check(context, found, failure);
        } catch (ProblemException e) {
            ProblemRoutes.send(context, e.problem());
        }
    }

    private void check(RoutingContext context, Optional<Access> found, Throwable failure) {
        if (failure instanceof ProblemException problem) {
            throw problem;
        }
        limits.take(() -> who(context, found), context.response());
        if (failure instanceof OIDCException) {
            throw issuerUnavailable(failure);
        }
        if (found.isEmpty()) {
            throw new ProblemException(Credentials.unauthorized(context));
        }
        // everything but tickets is read-only
        if (!context.normalizedPath().equals(TicketRoute.PATH)
                && !READING.contains(context.request().method())) {
            throw new ProblemException(Problem.notAllowed(ProblemRoutes.READING));
        }
        found.get().set(context);
        // nobody reads a body; one that waits would hide that its client has gone
        context.request().resume();
    }

    private ProblemException issuerUnavailable(Throwable failure) {
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
}
