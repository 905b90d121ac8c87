// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.ResultsConfig.Security.Profile;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.credential.TokenCredential;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the credential of a request: a ticket, or what {@code results.security.profile} asks for. {@link Authentication} knows keys and tickets, the
 * framework's mechanism verifies tokens. A request with more than one credential is not authenticated.
 */
@Singleton
public class Credentials implements HttpAuthenticationMechanism {

    /** The parameter of the stream that carries a ticket. */
    public static final String TICKET = "ticket";

    /** The type of a credential that is an API key. */
    static final String API_KEY = "api-key";

    private static final String STREAM = "/api/v1/stream";
    private static final String BEARER = "bearer ";
    private static final String JWT = "[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*";

    private final Profile profile;
    private final PageLogin login;

    Credentials(ResultsConfig config, PageLogin login) {
        this.profile = config.security().profile();
        this.login = login;
    }

    /** Whether a request needs a credential or has a ticket. */
    boolean areChecked(RoutingContext context) {
        return profile != Profile.NONE || ticket(context).isPresent();
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        Optional<String> ticket = ticket(context);
        if (ticket.isPresent() && (profile == Profile.NONE || presented(context).isEmpty())) {
            return identities.authenticate(request(context, ticket.get(), TICKET));
        }
        if (profile == Profile.NONE) {
            return Uni.createFrom().nullItem();
        }
        List<String> presented = presented(context);
        if (ticket.isEmpty() && presented.size() == 1) {
            String credential = presented.get(0);
            if (profile == Profile.API_KEY) {
                return identities.authenticate(request(context, credential, API_KEY));
            }
            if (credential.matches(JWT)) {
                // no identity: the mechanism for tokens is next
                return login.reached(context.vertx().getOrCreateContext()).map(reached -> null);
            }
        }
        return Uni.createFrom().failure(new AuthenticationFailedException());
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", challenge(context)));
    }

    static Problem unauthorized(RoutingContext context) {
        return Problem.ofStatus(401, Map.of("WWW-Authenticate", challenge(context)));
    }

    private static String challenge(RoutingContext context) {
        return "Bearer realm=\"streampane\"" + (presented(context).isEmpty() ? "" : ", error=\"invalid_token\"");
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(TokenAuthenticationRequest.class);
    }

    /** Before the mechanism for tokens, whatever the priority of that one is. */
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE;
    }

    private static AuthenticationRequest request(RoutingContext context, String credential, String type) {
        return HttpSecurityUtils.setRoutingContextAttribute(
                new TokenAuthenticationRequest(new TokenCredential(credential, type)), context);
    }

    /** The values of {@code Authorization}, without their scheme, and of {@code X-API-Key}. */
    private static List<String> presented(RoutingContext context) {
        MultiMap headers = context.request().headers();
        List<String> presented = new ArrayList<>(headers.getAll("X-API-Key"));
        headers.getAll("Authorization").forEach(header -> presented.add(bearer(header)));
        return presented;
    }

    private static String bearer(String header) {
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private static Optional<String> ticket(RoutingContext context) {
        return context.normalizedPath().equals(STREAM)
                ? Parameters.of(context.request().query(), TICKET).raw(TICKET)
                : Optional.empty();
    }
}
