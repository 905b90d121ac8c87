// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.ResultsConfig;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Gives identities of verified tokens of an OpenID Connect issuer the access of their scopes, which come from a claim; none without subject. */
@Singleton
record TokenScopes(ResultsConfig config) implements SecurityIdentityAugmentor {

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext blocking) {
        return Uni.createFrom().item(identity);
    }

    @Override
    public Uni<SecurityIdentity> augment(
            SecurityIdentity identity, AuthenticationRequestContext blocking, Map<String, Object> request) {
        if (!(identity.getPrincipal() instanceof JsonWebToken token)
                || token.getSubject() == null
                || token.getSubject().isBlank()) {
            return Uni.createFrom().item(identity);
        }
        String address = Access.address(
                HttpSecurityUtils.getRoutingContextAttribute(request).request().remoteAddress());
        Access access = new Access(
                token.getSubject(),
                address,
                Scopes.among(words(token.getClaim(config.security().scopesClaim()))),
                Optional.of(Instant.ofEpochSecond(Math.min(token.getExpirationTime(), Instant.MAX.getEpochSecond()))));
        return Uni.createFrom().item(access.identity());
    }

    /** The words of a claim, which is one text with spaces (RFC 8693 section 4.2) or a list of texts. */
    private static List<String> words(Object claim) {
        if (claim instanceof Collection<?> list) {
            return list.stream().map(TokenScopes::text).toList();
        }
        return claim == null ? List.of() : List.of(text(claim).split(" "));
    }

    private static String text(Object value) {
        return value instanceof JsonString json ? json.getString() : value.toString();
    }
}
