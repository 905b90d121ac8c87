// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticator;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Access by tokens of an OpenID Connect issuer: the framework verifies the tokens, and the scopes come from a claim. */
record OidcTokens(HttpAuthenticator authenticator, PageLogin login, String scopesClaim) {

    /** The access that the request's token gives; empty when there is no token, or it has no subject. Fails when the token is not valid. */
    Uni<Optional<Access>> access(RoutingContext context, String address) {
        return login.reached(context.vertx().getOrCreateContext())
                .chain(() -> authenticator.attemptAuthentication(context))
                .map(identity -> access(identity, address));
    }

    private Optional<Access> access(SecurityIdentity identity, String address) {
        if (identity == null
                || identity.isAnonymous()
                || !(identity.getPrincipal() instanceof JsonWebToken token)
                || token.getSubject() == null
                || token.getSubject().isBlank()) {
            return Optional.empty();
        }
        return Optional.of(new Access(
                token.getSubject(),
                address,
                Scopes.among(words(token.getClaim(scopesClaim))),
                Optional.of(Instant.ofEpochSecond(Math.min(token.getExpirationTime(), Instant.MAX.getEpochSecond())))));
    }

    /** The words of a claim, which is one text with spaces (RFC 8693 section 4.2) or a list of texts. */
    private static List<String> words(Object claim) {
        if (claim instanceof Collection<?> list) {
            return list.stream().map(OidcTokens::text).toList();
        }
        return claim == null ? List.of() : List.of(text(claim).split(" "));
    }

    private static String text(Object value) {
        return value instanceof JsonString json ? json.getString() : value.toString();
    }
}
