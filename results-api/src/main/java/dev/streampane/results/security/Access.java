// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who asks, and what they may read. A resource takes {@code @Context RoutingContext} and asks {@link #of}. {@code RoutesTest} finds the class
 * that never asks, {@code WhoReadsWhatIT} the operation that answers whoever may read nothing. What refuses throws a {@link ProblemException},
 * 403 with the scope that is missing.
 */
public final class Access {

    /** There are no milliseconds for what is later: it never comes. */
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private static final String KEY = Access.class.getName();

    private final String name;
    private final String address;
    private final Scopes scopes;
    private final Optional<Instant> expires;
    private final AtomicBoolean revoked;

    /** @param revoked becomes true when the credential is taken back */
    Access(String name, String address, Scopes scopes, Optional<Instant> expires, AtomicBoolean revoked) {
        this.name = name;
        this.address = network(address);
        this.scopes = scopes;
        this.expires = expires.filter(LATEST::isAfter);
        this.revoked = revoked;
    }

    /** By a credential that nobody takes back. */
    Access(String name, String address, Scopes scopes, Optional<Instant> expires) {
        this(name, address, scopes, expires, new AtomicBoolean());
    }

    /**
     * The access of a request.
     *
     * @throws ProblemException 401 when the request came by a way on which nobody asked who it is from
     */
    public static Access of(RoutingContext context) {
        Access access = context.get(KEY);
        if (access == null) {
            throw new ProblemException(Problem.ofStatus(401, Map.of("WWW-Authenticate", "Bearer")));
        }
        return access;
    }

    /** The same of a request for a window or an alert; its id begins with its job. */
    public static Access of(RoutingContext context, String id) {
        Access access = of(context);
        if (id.indexOf('~') > 0) {
            access.checkJob(id.substring(0, id.indexOf('~')));
        }
        return access;
    }

    /** May do everything, until the process ends. */
    public static Access unrestricted(String address) {
        return new Access(network(address), address, Scopes.EVERYTHING, Optional.empty());
    }

    /** The address of a connection's other end, as text; what a proxy says of it may be none. */
    static String address(SocketAddress remote) {
        return Objects.requireNonNullElseGet(remote.hostAddress(), () -> String.valueOf(remote.host()));
    }

    /** Who has one address of version 6 has 2^64 of them. */
    static String network(String address) {
        String[] groups = address.split(":");
        return groups.length == 8 ? String.join(":", List.of(groups).subList(0, 4)) : address;
    }

    void set(RoutingContext context) {
        context.put(KEY, this);
    }

    /** The principal: the name of a key, the subject of a token; the address where nobody has to say who they are. */
    public String name() {
        return name;
    }

    /** The address of the connection's other end, never what a header says; of version 6 its /64. */
    public String address() {
        return address;
    }

    /** Whether everything may be read, dead letters, late records, inputs' records and audit included. */
    public boolean admin() {
        return scopes.admin();
    }

    /** Whether any result of that job may be read. */
    public boolean sees(String job) {
        return admin() || scopes.grants().stream().anyMatch(grant -> grant.covers(job));
    }

    /** Whether results of that job with that key may be read. */
    public boolean mayRead(String job, String key) {
        return admin() || scopes.grants().stream().anyMatch(grant -> grant.covers(job, key));
    }

    /** Whether that result may be read; one that may not answers like one that is not there. */
    public boolean mayRead(JsonNode result) {
        return mayRead(result.path("job").asText(), result.path("key").asText());
    }

    /** What may be read, as words of {@link Scopes}. */
    List<String> scopeWords() {
        return scopes.words();
    }

    /** What may be read; empty: everything. */
    public Optional<List<Grant>> grants() {
        return admin() ? Optional.empty() : Optional.of(scopes.grants());
    }

    /** How the keys begin that may be read of that job; empty: every key; an empty list: none. */
    public Optional<List<String>> keyPrefixes(String job) {
        if (mayRead(job, "")) {
            return Optional.empty();
        }
        return Optional.of(scopes.grants().stream()
                .filter(grant -> grant.covers(job))
                .map(Grant::keyPrefix)
                .toList());
    }

    /** Refuses whoever may read no result at all. */
    public void checkAny() {
        if (!admin() && scopes.grants().isEmpty()) {
            throw missing("read:<job>");
        }
    }

    /** Refuses whoever may read no result of that job. */
    public void checkJob(String job) {
        if (!sees(job)) {
            throw missing(Scopes.word(job));
        }
    }

    /** Refuses whoever may not read that key of that job. */
    public void checkKey(String job, String key) {
        if (!mayRead(job, key)) {
            throw missing(Scopes.word(job) + " or one for the beginning of this key");
        }
    }

    /** Refuses whoever may not read every key of that job. */
    public void checkWholeJob(String job) {
        if (!mayRead(job, "")) {
            throw missing(Scopes.word(job));
        }
    }

    /** Refuses whoever is no administrator. */
    public void checkAdmin() {
        if (!admin()) {
            throw missing("admin");
        }
    }

    public Optional<Instant> expires() {
        return expires;
    }

    /** Whether the credential has neither ended by itself nor been taken back. */
    public boolean holds() {
        return !revoked.get() && (expires.isEmpty() || Instant.now().isBefore(expires.get()));
    }

    private ProblemException missing(String scope) {
        return new ProblemException(
                Problem.of(ProblemType.FORBIDDEN, "the scope " + Parameters.shown(scope) + " is missing"));
    }
}
