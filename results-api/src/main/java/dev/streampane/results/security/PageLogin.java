// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemRoutes;
import io.quarkus.oidc.OIDCException;
import io.quarkus.oidc.OidcConfigurationMetadata;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.oidc.runtime.TenantConfigContext;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /page/login}: where the page's users log in, which {@code page/login.js} does by an authorization code with PKCE (RFC 7636). It is
 * what the issuer says of itself; 204 when it does not answer, under another profile than oidc, and without a client for the page.
 */
@Singleton
public class PageLogin {

    private static final String PATH = "/page/login";

    /** An issuer that is away is asked once in this time, however many want to log in or show tokens. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.:-]+(?=[/?]|$)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TenantConfigBean tenants;
    private final ResultsConfig.Security config;
    private final Uni<TenantConfigContext> ready;

    /** When it was last answered, or given up; 0 while it is asked. */
    private volatile long asked;

    PageLogin(TenantConfigBean tenants, ResultsConfig config) {
        this.tenants = tenants;
        this.config = config.security();
        this.ready = Uni.createFrom()
                .deferred(() -> {
                    asked = 0;
                    return tenants.getDefaultTenant().initialize();
                })
                .ifNoItem()
                .after(PATIENCE)
                .fail()
                .onTermination()
                .invoke(() -> asked = System.nanoTime())
                .memoize()
                .until(() -> asked != 0 && System.nanoTime() - asked > PATIENCE.toNanos());
    }

    void add(@Observes Router router) {
        router.route(PATH).order(1).handler(ProblemRoutes.answering(this::answer));
    }

    private void answer(RoutingContext context) {
        if (!List.of(HttpMethod.GET, HttpMethod.HEAD).contains(context.request().method())) {
            throw new ProblemException(Problem.ofStatus(405, Map.of("Allow", "GET, HEAD, OPTIONS")));
        }
        ready.map(this::issuer)
                .onFailure()
                .recoverWithItem(Optional.empty())
                .subscribe()
                .with(issuer -> answer(context, issuer));
    }

    private void answer(RoutingContext context, Optional<OidcConfigurationMetadata> issuer) {
        issuer.ifPresentOrElse(
                known -> context.response()
                        .putHeader("Content-Type", "application/json")
                        .putHeader("Cache-Control", "no-store")
                        .end(JSON.createObjectNode()
                                .put("authorize", known.getAuthorizationUri())
                                .put("token", known.getTokenUri())
                                .put("client", config.pageClientId().orElseThrow())
                                .put("scope", config.pageScope())
                                .toString()),
                () -> context.response().setStatusCode(204).end());
    }

    /**
     * Fails with an {@link OIDCException} while the issuer has never answered; asks it as seldom as for who want to log in.
     *
     * @param loop where the caller goes on
     */
    Uni<Void> reached(Context loop) {
        if (tenants.getDefaultTenant().ready()) {
            return Uni.createFrom().voidItem();
        }
        // memoize() can give its item before the subscription, which chain takes for that of another one
        return Uni.createFrom()
                .completionStage(ready::subscribeAsCompletionStage)
                .onFailure(TimeoutException.class)
                .transform(OIDCException::new)
                .replaceWithVoid()
                .emitOn(task -> loop.runOnContext(ready -> task.run()));
    }

    /** Where the page asks for tokens, which its policy must allow; empty while the issuer is not known. */
    Optional<String> tokenOrigin() {
        TenantConfigContext tenant = tenants.getDefaultTenant();
        return tenant.ready() ? issuer(tenant).flatMap(known -> origin(known.getTokenUri())) : Optional.empty();
    }

    /** The issuer that the page's users may log in at. */
    private Optional<OidcConfigurationMetadata> issuer(TenantConfigContext tenant) {
        return config.pageClientId()
                .flatMap(client -> Optional.ofNullable(tenant.getOidcMetadata()))
                .filter(known -> known.getAuthorizationUri() != null
                        && known.getTokenUri() != null
                        && origin(known.getTokenUri()).isPresent());
    }

    private static Optional<String> origin(String uri) {
        Matcher origin = ORIGIN.matcher(uri);
        return origin.lookingAt() ? Optional.of(origin.group()) : Optional.empty();
    }
}
