// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/alerts}: alerts by query and by id, as in schema alert/v1, with all digits. */
@Path("/api/v1/alerts")
@Produces(MediaType.APPLICATION_JSON)
public class AlertResource {

    /** The parameters of {@link #get}. */
    public static final List<Parameter<?>> ONE = List.of(
            Parameter.path(
                    "id",
                    "The alert's `id`. Its parts are percent-encoded where needed; in a path it is encoded once more.",
                    "fraud-detection~small-then-large~7~transactions-2-4711"),
            ReadConsistency.PARAMETER);

    /** The answers, as JSON Schema in YAML. */
    public static final String SCHEMAS =
            ResultPage.schema("AlertPage", "{$ref: '#/components/schemas/Alert'}", "[string, 'null']");

    private final MergedAlerts alerts;
    private final ReadConsistency consistency;

    AlertResource(MergedAlerts alerts, ReadConsistency consistency) {
        this.alerts = alerts;
        this.consistency = consistency;
    }

    /** Alerts, by default newest first, with start in {@code [from, to)}. Parameters: {@link AlertQuery}. */
    @GET
    @APIResponse(responseCode = "200", description = "A page", content = @Content(schema = @Schema(ref = "AlertPage")))
    public Uni<RestResponse<String>> find(@Context RoutingContext context) {
        Access access = Access.of(context);
        AlertQuery query = AlertQuery.of(context.request().query(), access, alerts::wanted);
        return alerts.page(query, access).map(page -> page.answer(context));
    }

    /** One alert, from the highest generation; 404 if it does not exist or the caller may not read it. */
    @GET
    @Path("/{id}")
    @APIResponse(responseCode = "200", description = "The alert", content = @Content(schema = @Schema(ref = "Alert")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Uni<RestResponse<String>> get(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), ONE);
        ReadConsistency.Requirement wanted = alerts.wanted(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return alerts.one(id, wanted, access).map(one -> one.alert()
                .map(alert ->
                        ResultPage.answer(ResultJson.raw(alert), one.shown().map(ReadConsistency.Coverage::position)))
                .orElseThrow(() -> missing(id, one)));
    }

    /** The problem for an alert that was not found: Elasticsearch may not show it yet. */
    private ProblemException missing(String id, MergedAlerts.Newest one) {
        return one.shown()
                .map(shown -> consistency.missing("alert", id, shown))
                .orElseGet(() -> ProblemException.unknownId("alert", id));
    }
}
