// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows/{id}/history}: all revisions of one window. */
@Path("/api/v1/windows/{id}/history")
@Produces(MediaType.APPLICATION_JSON)
public class HistoryResource {

    private static final Parameter<Integer> LIMIT = ResultPage.limit("Revisions per page");

    /** The parameters of {@link #all}. */
    public static final List<Parameter<?>> ALL =
            List.of(WindowResource.ID, LIMIT, Parameter.AFTER, ReadConsistency.PARAMETER);

    /** Its answers, as JSON Schema in YAML. */
    public static final String SCHEMAS =
            ResultPage.schema("History", "{$ref: '#/components/schemas/Revision'}", "string") + """
            Revision:
              allOf:
                - {$ref: "#/components/schemas/Result"}
                - type: object
                  required: [appended, position]
                  properties: {appended: {type: [string, "null"], format: date-time}, position: {type: [string, "null"]}}
            """;

    private final History history;
    private final ReadConsistency consistency;
    private final ConcurrencyLimits limits;

    HistoryResource(History history, ReadConsistency consistency, ConcurrencyLimits limits) {
        this.history = history;
        this.consistency = consistency;
        this.limits = limits;
    }

    /** Every revision of one window, each with the time at which it was appended to the log; the last one is the current one. */
    @GET
    @APIResponse(responseCode = "200", description = "A page", content = @Content(schema = @Schema(ref = "History")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Uni<RestResponse<String>> all(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), ALL);
        int limit = parameters.get(LIMIT);
        Optional<Long> after = parameters.after(fingerprint(id), HistoryResource::version);
        Requirement wanted = consistency.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        return consistency
                .reached(wanted, access)
                .chain(() -> limits.pages().run(access, () -> history.of(id, limit, after, wanted)))
                .map(part -> {
                    if (part.revisions().isEmpty()
                            || !part.revisions().values().stream().allMatch(revision -> revision.mayBeReadBy(access))) {
                        throw consistency.missing("window", id, part.shown());
                    }
                    return page(part, id).answer(context);
                });
    }

    private static ResultPage page(History.Part part, String id) {
        Optional<String> next = part.more()
                ? Optional.of(QueryCursor.encode(
                        fingerprint(id), Long.toString(part.revisions().lastKey())))
                : Optional.empty();
        return new ResultPage(
                part.revisions().values().stream()
                        .map(revision -> revision.withPlace(part.shown().position()))
                        .toList(),
                next,
                part.shown().reason(),
                part.shown().position());
    }

    private static Optional<Long> version(String place) {
        return place.matches("[0-9]{1,19}") ? Optional.of(Long.parseUnsignedLong(place)) : Optional.empty();
    }

    private static String fingerprint(String id) {
        return QueryCursor.fingerprint("history", id);
    }
}
