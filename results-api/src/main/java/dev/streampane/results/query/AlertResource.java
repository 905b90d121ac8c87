// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/alerts}: alerts by query and by id, as in schema alert/v1 and with all their digits. */
@Path("/api/v1/alerts")
@Produces(MediaType.APPLICATION_JSON)
public class AlertResource {

    private static final String ALERTS = "alerts";

    private final SearchClient elasticsearch;
    private final ShownAlerts alerts;

    AlertResource(SearchClient elasticsearch, ShownAlerts alerts) {
        this.elasticsearch = elasticsearch;
        this.alerts = alerts;
    }

    /** Alerts, newest first; {@code from} inclusive, {@code to} exclusive on the start. Parameters: {@link AlertQuery}. */
    @GET
    public Uni<RestResponse<String>> find(@Context RoutingContext context) {
        Access access = Access.of(context);
        AlertQuery query = AlertQuery.of(context.request().query(), access, alerts::wanted);
        return alerts.shown(query.atLeast(), access).chain(shown -> elasticsearch
                .search(ALERTS, query.search())
                .map(answer -> Page.of(answer, query.limit(), query.fingerprint(), ResultJson::alert))
                .map(page -> page.answer(context, shown)));
    }

    /** One alert, as the highest generation says it. */
    @GET
    @Path("/{id}")
    public Uni<RestResponse<String>> get(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), AtLeast.PARAMETER);
        AtLeast.Wanted wanted = alerts.wanted(parameters);
        parameters.check();
        Access access = WindowResource.access(context, id);
        ObjectNode search = ResultJson.JSON.createObjectNode().put("size", 1);
        search.putObject("query").putObject("term").put("id", id);
        return alerts.shown(wanted, access)
                .chain(shown -> elasticsearch.search(ALERTS, search).map(answer -> found(answer, access)
                        .map(alert -> ResultPage.answer(alert, shown.map(AtLeast.Shown::position), Optional.empty()))
                        .orElseThrow(() -> unknownId(id))));
    }

    private static Optional<JsonNode> found(JsonNode answer, Access access) {
        return Optional.of(answer.at("/hits/hits/0/_source"))
                .filter(JsonNode::isObject)
                .filter(alert -> access.mayRead(
                        alert.path("job").asText(), alert.path("client").asText()))
                .map(ResultJson::alert);
    }

    private static ProblemException unknownId(String id) {
        return new ProblemException(Problem.unknownId("alert", id));
    }
}
