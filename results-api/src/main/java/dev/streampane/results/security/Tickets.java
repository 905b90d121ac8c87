// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/**
 * Tickets: signed tokens (RFC 7519) that name their owner and its scopes. A ticket opens one stream, within 30 s, on any instance with the same
 * keys and profile. An instance accepts each ticket once, but cannot know of its use on other instances. So whoever overhears a ticket can open a
 * stream with its owner's rights on another instance within the 30 s.
 */
final class Tickets {

    static final Duration LIFE = Duration.ofSeconds(30);
    static final int MAX_USED = 100_000;
    static final int LONGEST = 16 << 10;
    private static final String AUDIENCE = "/api/v1/stream";
    private static final String SCOPE = "scope";
    private static final String MARK = "mark";
    private static final String UNTIL = "until";

    /** A ticket, and when it expires. */
    record IssuedTicket(String ticket, Instant expires) {}

    /**
     * What a ticket says about its owner.
     *
     * @param name the principal
     * @param scopes words of {@link Scopes}; none when there is a mark
     * @param mark identifies the key's line in the keys file, which has the scopes, see {@link ApiKeys#mark(String)}; empty under other profiles
     * @param until when the credential expires; empty: never
     */
    record TicketClaims(String name, List<String> scopes, String mark, Optional<Instant> until) {}

    private final String issuer;
    private final TicketKeys keys;

    /** When used tickets expire, by ticket id, in about the order in which they expire. */
    private final Map<String, Instant> used = new LinkedHashMap<>();

    /** @param issuer the security profile: a ticket issued under a less strict profile is not accepted under another one */
    Tickets(String issuer, TicketKeys keys) {
        this.issuer = issuer;
        this.keys = keys;
    }

    /** @param mark see {@link TicketClaims#mark} */
    IssuedTicket issue(Access access, String mark, Instant now) {
        Instant expires = now.plus(LIFE).truncatedTo(ChronoUnit.SECONDS);
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience(AUDIENCE);
        claims.setSubject(access.name());
        claims.setGeneratedJwtId();
        claims.setExpirationTime(NumericDate.fromSeconds(expires.getEpochSecond()));
        claims.setStringListClaim(SCOPE, mark.isEmpty() ? access.scopeWords() : List.of());
        claims.setStringClaim(MARK, mark);
        access.expires().ifPresent(until -> claims.setClaim(UNTIL, until.toEpochMilli()));
        JsonWebSignature signed = new JsonWebSignature();
        signed.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signed.setKey(keys.all().get(0));
        signed.setPayload(claims.toJson());
        try {
            return new IssuedTicket(signed.getCompactSerialization(), expires);
        } catch (JoseException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }

    /**
     * Accepts a ticket; empty when it is not valid, has expired, or was used before on this instance.
     *
     * @throws ProblemException 429 when so many tickets were used that no more can be remembered
     */
    Optional<TicketClaims> redeem(String ticket, Instant now) {
        if (ticket.length() > LONGEST) {
            return Optional.empty();
        }
        for (HmacKey key : keys.all()) {
            try {
                JwtClaims claims = new JwtConsumerBuilder()
                        .setJwsAlgorithmConstraints(
                                new AlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256))
                        .setVerificationKey(key)
                        .setExpectedIssuer(issuer)
                        .setExpectedAudience(AUDIENCE)
                        .setRequireExpirationTime()
                        .setEvaluationTime(NumericDate.fromSeconds(now.getEpochSecond()))
                        .build()
                        .processToClaims(ticket);
                return isFirst(claims, now) ? Optional.of(ticketClaims(claims)) : Optional.empty();
            } catch (InvalidJwtException | MalformedClaimException e) {
                // signed with another key, or not a valid ticket
            }
        }
        return Optional.empty();
    }

    private synchronized boolean isFirst(JwtClaims claims, Instant now) throws MalformedClaimException {
        var oldest = used.values().iterator();
        while (oldest.hasNext() && !now.isBefore(oldest.next())) {
            oldest.remove();
        }
        if (used.size() >= MAX_USED) {
            throw ProblemException.unavailable(
                    ProblemType.TOO_MANY_TICKETS, "Too many tickets were used in the last half minute.", LIFE);
        }
        Instant expires = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
        return used.putIfAbsent(claims.getJwtId(), expires) == null;
    }

    private static TicketClaims ticketClaims(JwtClaims claims) throws MalformedClaimException {
        return new TicketClaims(
                claims.getSubject(),
                claims.getStringListClaimValue(SCOPE),
                claims.getStringClaimValue(MARK),
                Optional.ofNullable(claims.getClaimValue(UNTIL, Long.class)).map(Instant::ofEpochMilli));
    }
}
