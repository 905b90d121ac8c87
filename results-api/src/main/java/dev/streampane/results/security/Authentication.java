// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.ResultsConfig.Security.Profile;
import dev.streampane.results.problem.Parameters;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Knows whose the API keys and tickets are, issues tickets, and refuses to start where anybody could read everything. */
@Singleton
public class Authentication implements IdentityProvider<TokenAuthenticationRequest> {

    private static final Logger LOG = Logger.getLogger(Authentication.class);

    private final ResultsConfig.Security config;
    private final String host;
    private final Vertx vertx;
    private final TicketKeys ticketKeys;
    private final Tickets tickets;
    private final Optional<ApiKeys> keys;

    Authentication(ResultsConfig config, @ConfigProperty(name = "quarkus.http.host") String host, Vertx vertx) {
        this.config = config.security();
        this.host = host;
        this.vertx = vertx;
        this.keys = Optional.of(this.config)
                .filter(security -> security.profile() == Profile.API_KEY)
                .map(security -> new ApiKeys(security.keysFile()));
        this.ticketKeys = new TicketKeys(this.config.ticketKeysFile());
        this.tickets = new Tickets(this.config.profile().name(), ticketKeys);
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

    @Override
    public Class<TokenAuthenticationRequest> getRequestType() {
        return TokenAuthenticationRequest.class;
    }

    /** The identity of the owner of a key or a ticket; none when it is not valid. */
    @Override
    public Uni<SecurityIdentity> authenticate(
            TokenAuthenticationRequest request, AuthenticationRequestContext blocking) {
        String credential = request.getToken().getToken();
        String address = Access.address(
                HttpSecurityUtils.getRoutingContextAttribute(request).request().remoteAddress());
        Optional<Access> access =
                switch (request.getToken().getType()) {
                    case Credentials.API_KEY -> keys.orElseThrow().access(credential, address);
                    case Credentials.TICKET -> byTicket(credential, address);
                    default -> Optional.empty();
                };
        return Uni.createFrom().optional(access.map(Access::identity));
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

    private boolean loopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
