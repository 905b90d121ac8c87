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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /page/login}: the issuer's endpoints at which users of the web page log in; {@code page/login.js} uses the authorization code flow with
 * PKCE (RFC 7636). They come from the issuer's own metadata. 204 when the issuer does not answer, under other profiles than oidc, and without a
 * client id for the page.
 */
@Singleton
public class PageLogin {

    private static final String PATH = "/page/login";

    /** An issuer that is away is asked once in this time, however many requests need it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.:-]+(?=[/?]|$)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TenantConfigBean tenants;
    private final ResultsConfig.Security config;
    private final Uni<TenantConfigContext> ready;

    /** When the issuer last answered or the request was given up, by {@link System#nanoTime}; 0 while a request is running. */
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
        ProblemRoutes.add(router, PATH, this::answer);
    }

    private void answer(RoutingContext context) {
        if (!List.of(HttpMethod.GET, HttpMethod.HEAD).contains(context.request().method())) {
            throw new ProblemException(Problem.notAllowed(ProblemRoutes.READING));
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
     * Completes once the issuer has answered; until then it fails with an {@link OIDCException}. Asks the issuer at most as often as logins do.
     *
     * @param loop the context on which the caller goes on when the issuer had to be asked
     */
    Uni<Void> reached(Context loop) {
        if (tenants.getDefaultTenant().ready()) {
            return Uni.createFrom().voidItem();
        }
        // memoize() may emit its item before onSubscribe, which chain() then takes for that of another subscription
        return Uni.createFrom()
                .completionStage(ready::subscribeAsCompletionStage)
                .onFailure(TimeoutException.class)
                .transform(OIDCException::new)
                .replaceWithVoid()
                .emitOn(task -> loop.runOnContext(ready -> task.run()));
    }

    /** The origin from which the page requests tokens, and which its content security policy must allow; empty while the issuer is not known. */
    Optional<String> tokenOrigin() {
        TenantConfigContext tenant = tenants.getDefaultTenant();
        return tenant.ready() ? issuer(tenant).flatMap(known -> origin(known.getTokenUri())) : Optional.empty();
    }

    /** Metadata of the issuer at which users of the page may log in; empty when there is no client id for the page, or an endpoint is missing. */
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
