// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/jobs/{job}/keys}: the keys for which a job has windows. */
@Path("/api/v1/jobs/{job}/keys")
@Produces(MediaType.APPLICATION_JSON)
public class KeyResource {

    /** The answers, as JSON Schema in YAML. */
    public static final String SCHEMAS =
            ResultPage.schema("Keys", "{$ref: '#/components/schemas/Key'}", "string") + """
            Key:
              type: object
              required: [key, windows, last, specs]
              properties:
                key: {type: string}
                windows: {type: integer}
                last: {$ref: "#/components/schemas/LastWindow"}
                specs:
                  type: array
                  items:
                    type: object
                    required: [spec, windows, last]
                    properties: {spec: {type: string}, windows: {type: integer}, last: {$ref: "#/components/schemas/LastWindow"}}
            LastWindow:
              type: object
              required: [id, start, end]
              properties:
                id: {type: string}
                start: {type: string, format: date-time}
                end: {type: string, format: date-time}
            """;

    private final JobKeys keys;
    private final ReadConsistency consistency;
    private final JobDirectory jobs;
    private final ConcurrencyLimits limits;

    KeyResource(JobKeys keys, JobDirectory jobs, ReadConsistency consistency, ConcurrencyLimits limits) {
        this.keys = keys;
        this.limits = limits;
        this.consistency = consistency;
        this.jobs = jobs;
    }

    /** Keys by name, each with its number of windows and its last window, in total and per specification. Parameters: {@link KeyQuery}. */
    @GET
    @APIResponse(responseCode = "200", description = "A page", content = @Content(schema = @Schema(ref = "Keys")))
    @APIResponse(responseCode = "404", ref = "Problem404")
    public Uni<RestResponse<String>> find(@PathParam("job") String job, @Context RoutingContext context) {
        Access access = Access.of(context);
        KeyQuery query = KeyQuery.of(job, context.request().query(), access, consistency::of);
        return consistency
                .reached(query.atLeast(), access)
                .chain(() -> limits.scans().run(access, () -> keys.of(query)))
                .call(page -> page.items().isEmpty()
                        ? jobs.checkKnown(job)
                        : Uni.createFrom().voidItem())
                .map(page -> page.answer(context));
    }
}
