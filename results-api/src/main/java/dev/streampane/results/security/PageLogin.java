// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.ResultsConfig;
import io.quarkus.oidc.OidcConfigurationMetadata;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.oidc.runtime.TenantConfigContext;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/**
 * {@code GET /page/login}: where the page's users log in, which {@code page/login.js} does by an authorization code with PKCE (RFC 7636). It is
 * what the issuer says of itself; 204 when it does not answer, under another profile than oidc, and without a client for the page.
 */
@Singleton
public record PageLogin(TenantConfigBean tenants, ResultsConfig config) {

    private static final String PATH = "/page/login";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    void add(@Observes Router router) {
        router.get(PATH).order(1).handler(this::answer);
    }

    /** An issuer that was away when this process started is asked again. */
    private void answer(RoutingContext context) {
        TenantConfigContext tenant = tenants.getDefaultTenant();
        Uni<TenantConfigContext> ready = tenant.ready() ? Uni.createFrom().item(tenant) : tenant.initialize();
        ready.subscribe().with(known -> answer(context, issuer(known)), away -> answer(context, Optional.empty()));
    }

    private void answer(RoutingContext context, Optional<OidcConfigurationMetadata> issuer) {
        issuer.ifPresentOrElse(
                known -> context.response()
                        .putHeader("Content-Type", "application/json")
                        .putHeader("Cache-Control", "no-store")
                        .end(JSON.createObjectNode()
                                .put("authorize", known.getAuthorizationUri())
                                .put("token", known.getTokenUri())
                                .put("client", config.security().pageClientId().orElseThrow())
                                .toString()),
                () -> context.response().setStatusCode(204).end());
    }

    /** Where the page asks for tokens, which its policy must allow; empty while the issuer is not known. */
    Optional<String> tokenOrigin() {
        TenantConfigContext tenant = tenants.getDefaultTenant();
        return tenant.ready()
                ? issuer(tenant)
                        .map(known ->
                                URI.create(known.getTokenUri()).resolve("/").toString())
                : Optional.empty();
    }

    /** The issuer that the page's users may log in at. */
    private Optional<OidcConfigurationMetadata> issuer(TenantConfigContext ready) {
        return config.security()
                .pageClientId()
                .flatMap(client -> Optional.ofNullable(ready.getOidcMetadata()))
                .filter(known -> known.getAuthorizationUri() != null && known.getTokenUri() != null);
    }
}
