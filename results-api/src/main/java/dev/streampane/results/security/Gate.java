// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Finds out who asks, before any route of this service. */
@ApplicationScoped
public class Gate {

    /** Behind the framework's cross-origin check, before everything that answers. */
    private static final int ORDER = -90;

    void add(@Observes Router router) {
        router.route().order(ORDER).handler(this::admit);
    }

    private void admit(RoutingContext context) {
        String address = context.request().remoteAddress().hostAddress();
        Access.unrestricted(address).set(context);
        context.next();
    }
}
