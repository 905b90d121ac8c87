// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.ResultsConfig.Security.Profile;
import dev.streampane.results.problem.Parameters;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticator;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Authenticates requests as {@code results.security.profile} says: not at all, by API keys or by OpenID Connect tokens. */
@Singleton
public class Authentication {

    private static final String BEARER = "bearer ";
    private static final String JWT = "[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*";

    private static final Logger LOG = Logger.getLogger(Authentication.class);

    private final ResultsConfig.Security config;
    private final String host;
    private final Vertx vertx;
    private final TicketKeys ticketKeys;
    private final Tickets tickets;
    private final Optional<ApiKeys> keys;
    private final OidcTokens tokens;

    Authentication(
            ResultsConfig config,
            @ConfigProperty(name = "quarkus.http.host") String host,
            Vertx vertx,
            HttpAuthenticator authenticator,
            PageLogin login) {
        this.config = config.security();
        this.host = host;
        this.vertx = vertx;
        this.keys = Optional.of(this.config)
                .filter(security -> security.profile() == Profile.API_KEY)
                .map(security -> new ApiKeys(security.keysFile()));
        this.ticketKeys = new TicketKeys(this.config.ticketKeysFile());
        this.tickets = new Tickets(this.config.profile().name(), ticketKeys);
        this.tokens = new OidcTokens(authenticator, login, this.config.scopesClaim());
    }

    /** Stops the start when the host is not loopback and nobody is authenticated, unless insecure; re-reads the keys files periodically. */
    void start(@Observes @Priority(1) StartupEvent event) {
        boolean open = config.profile() == Profile.NONE && !loopback();
        if (open && config.insecure()) {
            LOG.warnf("Anybody who reaches %s may read everything", host);
        } else if (open) {
            throw new ConfigurationException("quarkus.http.host="
                    + Parameters.shown(host)
                    + " is not allowed under results.security.profile=none, which has"
                    + " no authentication; allowed is a loopback address such as"
                    + " 127.0.0.1, another results.security.profile (api-key, oidc), or"
                    + " --insecure (RESULTS_SECURITY_INSECURE=true)");
        }
        if (keys.isEmpty() && !ticketKeys.shared()) {
            return;
        }
        vertx.setPeriodic(config.keysRefresh().toMillis(), tick -> vertx.executeBlocking(() -> {
                    keys.ifPresent(ApiKeys::refresh);
                    ticketKeys.refresh();
                    return null;
                })
                .onFailure(failure -> LOG.errorf(failure, "The keys could not be read again")));
    }

    /** A ticket for one stream. */
    Tickets.IssuedTicket ticket(Access access) {
        String mark = keys.map(active -> active.mark(access.name())).orElse("");
        return tickets.issue(access, mark, Instant.now());
    }

    /** The access of a request; empty when it has no valid credential, or more than one credential. */
    Future<Optional<Access>> access(RoutingContext context, Optional<String> ticket) {
        String address = Access.address(context.request().remoteAddress());
        List<String> presented = credentials(context.request());
        if (ticket.isPresent()) {
            boolean more = config.profile() != Profile.NONE && !presented.isEmpty();
            return Future.future(access -> access.complete(more ? Optional.empty() : byTicket(ticket.get(), address)));
        }
        return switch (config.profile()) {
            case NONE -> Future.succeededFuture(Optional.of(Access.unrestricted(address)));
            case API_KEY ->
                Future.succeededFuture(
                        presented.size() == 1
                                ? keys.orElseThrow().access(presented.get(0), address)
                                : Optional.empty());
            case OIDC ->
                presented.size() == 1 && presented.get(0).matches(JWT)
                        ? Future.fromCompletionStage(
                                tokens.access(context, address).subscribeAsCompletionStage())
                        : Future.succeededFuture(Optional.empty());
        };
    }

    /** Whether the request carries a credential at all. */
    boolean presented(HttpServerRequest request) {
        return !credentials(request).isEmpty();
    }

    private Optional<Access> byTicket(String ticket, String address) {
        return tickets.redeem(ticket, Instant.now()).flatMap(claims -> switch (config.profile()) {
            case NONE -> Optional.of(Access.unrestricted(address));
            case API_KEY -> keys.orElseThrow().access(claims.name(), claims.mark(), address);
            case OIDC ->
                Optional.of(new Access(claims.name(), address, Scopes.among(claims.scopes()), claims.until()))
                        .filter(Access::holds);
        });
    }

    /** The values of {@code Authorization}, without their scheme, and of {@code X-API-Key}. */
    private static List<String> credentials(HttpServerRequest request) {
        MultiMap headers = request.headers();
        return Stream.concat(
                        headers.getAll("Authorization").stream().map(Authentication::bearer),
                        headers.getAll("X-API-Key").stream())
                .toList();
    }

    private static String bearer(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private boolean loopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
