// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The principal of a request, and what it may read. A resource takes {@code @Context RoutingContext} and calls {@link #of}. {@code RoutesTest} finds
 * classes that never call it, {@code WhoReadsWhatIT} operations that answer a principal that may read nothing. The {@code check} methods throw a
 * {@link ProblemException}: 403 with the missing scope.
 */
public final class Access {

    /** The latest time in milliseconds; a credential that expires later is taken as one that never expires. */
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private static final String KEY = Access.class.getName();

    private final String name;
    private final String address;
    private final Scopes scopes;
    private final Optional<Instant> expires;
    private final AtomicBoolean revoked;

    /** @param revoked becomes true when the credential is revoked */
    Access(String name, String address, Scopes scopes, Optional<Instant> expires, AtomicBoolean revoked) {
        this.name = name;
        this.address = network(address);
        this.scopes = scopes;
        this.expires = expires.filter(LATEST::isAfter);
        this.revoked = revoked;
    }

    /** The access by a credential that cannot be revoked. */
    Access(String name, String address, Scopes scopes, Optional<Instant> expires) {
        this(name, address, scopes, expires, new AtomicBoolean());
    }

    /**
     * The access of a request.
     *
     * @throws ProblemException 401 when the request was not authenticated, because {@link ApiPolicy} does not apply to its path
     */
    public static Access of(RoutingContext context) {
        Access access = context.get(KEY);
        if (access == null) {
            throw new ProblemException(Problem.ofStatus(401, Map.of("WWW-Authenticate", "Bearer")));
        }
        return access;
    }

    /** The access of a request for a window or an alert; throws 403 when it may not read the job that {@code id} begins with. */
    public static Access of(RoutingContext context, String id) {
        Access access = of(context);
        if (id.indexOf('~') > 0) {
            access.checkJob(id.substring(0, id.indexOf('~')));
        }
        return access;
    }

    /** An access that may read everything and never expires; its principal is the address. */
    public static Access unrestricted(String address) {
        return new Access(network(address), address, Scopes.EVERYTHING, Optional.empty());
    }

    /** The address of the connection's peer as text; the text of a proxy's header where that is no address. */
    static String address(SocketAddress remote) {
        return Objects.requireNonNullElseGet(remote.hostAddress(), () -> String.valueOf(remote.host()));
    }

    /** The /64 prefix of an IPv6 address, because a client that has one address of it has all 2^64; other text as it is. */
    static String network(String address) {
        String[] groups = address.split(":");
        return groups.length == 8 ? String.join(":", List.of(groups).subList(0, 4)) : address;
    }

    void set(RoutingContext context) {
        context.put(KEY, this);
    }

    /** The access of an identity; empty when it is anonymous. */
    static Optional<Access> of(SecurityIdentity identity) {
        return Optional.ofNullable(identity.getAttribute(KEY));
    }

    /** The identity that has this access. */
    SecurityIdentity identity() {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(name))
                .addAttribute(KEY, this)
                .build();
    }

    /** The principal: the name of a key or the subject of a token; the address where requests are not authenticated. */
    public String name() {
        return name;
    }

    /** The address of the connection's peer, from a header only under {@code quarkus.http.proxy.*}; of an IPv6 address its /64 prefix. */
    public String address() {
        return address;
    }

    /** Whether everything may be read, including dead letters, late records, input records and audit. */
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

    /** Whether that result may be read; one that may not be read is answered like one that does not exist. */
    public boolean mayRead(JsonNode result) {
        return mayRead(result.path("job").asText(), result.path("key").asText());
    }

    /** The scopes, as words of {@link Scopes}. */
    List<String> scopeWords() {
        return scopes.words();
    }

    /** The results that may be read; empty: everything may be read. */
    public Optional<List<Grant>> grants() {
        return admin() ? Optional.empty() : Optional.of(scopes.grants());
    }

    /** Prefixes of the keys of that job that may be read; empty: every key; an empty list: no key. */
    public Optional<List<String>> keyPrefixes(String job) {
        if (mayRead(job, "")) {
            return Optional.empty();
        }
        return Optional.of(scopes.grants().stream()
                .filter(grant -> grant.covers(job))
                .map(Grant::keyPrefix)
                .toList());
    }

    /** Throws 403 when no result at all may be read. */
    public void checkAny() {
        if (!admin() && scopes.grants().isEmpty()) {
            throw missing("read:<job>");
        }
    }

    /** Throws 403 when no result of that job may be read. */
    public void checkJob(String job) {
        if (!sees(job)) {
            throw missing(Scopes.word(job));
        }
    }

    /** Throws 403 when that key of that job may not be read. */
    public void checkKey(String job, String key) {
        if (!mayRead(job, key)) {
            throw missing(Scopes.word(job) + " or one for the beginning of this key");
        }
    }

    /** Throws 403 unless every key of that job may be read. */
    public void checkWholeJob(String job) {
        if (!mayRead(job, "")) {
            throw missing(Scopes.word(job));
        }
    }

    /** Throws 403 without scope {@code admin}. */
    public void checkAdmin() {
        if (!admin()) {
            throw missing("admin");
        }
    }

    public Optional<Instant> expires() {
        return expires;
    }

    /** Whether the credential has neither expired nor been revoked. */
    public boolean holds() {
        return !revoked.get() && (expires.isEmpty() || Instant.now().isBefore(expires.get()));
    }

    private ProblemException missing(String scope) {
        return new ProblemException(ProblemType.FORBIDDEN, "the scope " + Parameters.shown(scope) + " is missing");
    }
}
