// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemRoutes;
import io.smallrye.health.SmallRyeHealth;
import io.smallrye.health.SmallRyeHealthReporter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /q/health} for whoever has neither scope {@code admin} nor {@code metrics}: which check is up or down, without the topics,
 * offsets and transactions that the checks name. Who runs the service needs no credential to see whether it is alive.
 */
@ApplicationScoped
public class HealthRoute {

    private static final String PATH = "/q/health";

    /** Behind the framework's cross-origin check and {@link Gate}, before the framework's own answer. */
    private static final int ORDER = -80;

    private final Authentication authentication;
    private final SmallRyeHealthReporter reporter;

    HealthRoute(Authentication authentication, SmallRyeHealthReporter reporter) {
        this.authentication = authentication;
        this.reporter = reporter;
    }

    void add(@Observes Router router) {
        router.route().order(ORDER).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        String path = context.normalizedPath();
        if (!path.equals(PATH) && !path.startsWith(PATH + "/")) {
            context.next();
            return;
        }
        context.request().pause();
        authentication
                .access(context, Optional.empty())
                .onFailure()
                .recoverWithItem(Optional.empty())
                .subscribe()
                .with(access -> answer(context, access), context::fail);
    }

    private void answer(RoutingContext context, Optional<Access> access) {
        context.request().resume();
        if (access.filter(Access::seesOperations).isPresent()) {
            context.next();
            return;
        }
        Optional<Uni<SmallRyeHealth>> asked = asked(context.normalizedPath());
        if (asked.isEmpty()) {
            ProblemRoutes.send(context, Problem.ofStatus(404, Map.of()));
            return;
        }
        asked.get()
                .subscribe()
                .with(
                        health -> context.response()
                                .setStatusCode(health.isDown() ? 503 : 200)
                                .putHeader("Content-Type", "application/json")
                                .putHeader("Cache-Control", "no-store")
                                .end(bare(health)),
                        context::fail);
    }

    private Optional<Uni<SmallRyeHealth>> asked(String path) {
        return switch (path) {
            case PATH, PATH + "/" -> Optional.of(reporter.getHealthAsync());
            case PATH + "/live" -> Optional.of(reporter.getLivenessAsync());
            case PATH + "/ready" -> Optional.of(reporter.getReadinessAsync());
            case PATH + "/started" -> Optional.of(reporter.getStartupAsync());
            default -> Optional.empty();
        };
    }

    /** The answer without the data of its checks. */
    private static String bare(SmallRyeHealth health) {
        JsonArray checks = new JsonArray();
        for (JsonValue check : health.getPayload().getJsonArray("checks")) {
            checks.add(new JsonObject()
                    .put("name", check.asJsonObject().getString("name"))
                    .put("status", check.asJsonObject().getString("status")));
        }
        return new JsonObject()
                .put("status", health.getPayload().getString("status"))
                .put("checks", checks)
                .encode();
    }
}
