// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Checks every request before it is routed: its host and the length of its body. By default, a simulator that listens only on this machine
 * accepts only requests for a host of this machine. Otherwise a web page whose host name resolves to this machine (DNS rebinding) could
 * set rate and faults.
 */
@ApplicationScoped
public class HttpRules {

    /** A host name or address of this machine, with or without a port. */
    private static final String LOOPBACK =
            "(?i)(localhost|[a-z0-9.-]{1,200}\\.localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\])(:[0-9]{1,5})?";

    private final boolean local;
    private final boolean localManagement;
    private final long maxBody;

    HttpRules(
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.management.host") String managementHost,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBody,
            SimulatorConfig config) {
        this.local = config.loopbackHosts().orElse(isLoopback(host));
        this.localManagement = isLoopback(managementHost);
        this.maxBody = maxBody.asLongValue();
    }

    void add(@Observes Router router) {
        add(router, local);
    }

    void add(@Observes ManagementInterface management) {
        add(management.router(), localManagement);
    }

    private static boolean isLoopback(String listens) {
        return listens.matches(LOOPBACK) || listens.equals("::1");
    }

    private void add(Router router, boolean onlyLocal) {
        router.route().order(Integer.MIN_VALUE).handler(context -> check(context, onlyLocal));
    }

    private void check(RoutingContext context, boolean onlyLocal) {
        context.response().putHeader("X-Content-Type-Options", "nosniff");
        if (onlyLocal && !host(context).matches(LOOPBACK)) {
            refuse(context, HttpResponseStatus.MISDIRECTED_REQUEST);
        } else if (tooLong(context.request().getHeader("Content-Length"))) {
            context.response().putHeader("Connection", "close");
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } else {
            context.next();
        }
    }

    /** The host that the request names; {@code localhost} if it names none, as HTTP/1.0 allows. */
    private static String host(RoutingContext context) {
        return Optional.ofNullable(context.request().getHeader("Host"))
                .or(() -> Optional.ofNullable(context.request().authority()).map(Object::toString))
                .orElse("localhost");
    }

    private boolean tooLong(String contentLength) {
        return contentLength != null
                && contentLength.matches("[0-9]+")
                && (contentLength.length() > 18 || Long.parseLong(contentLength) > maxBody);
    }

    private static void refuse(RoutingContext context, HttpResponseStatus status) {
        Problem problem = Problem.of(
                status.code(), status.reasonPhrase(), null, context.request().path());
        context.response()
                .setStatusCode(status.code())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .end(Json.encode(problem));
    }
}
