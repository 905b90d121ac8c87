// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bound;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/** What no window counted, newest first, with its raw bytes and where it lies in the books. Parameters: {@link RejectsQuery}. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public class RejectsResource {

    private final RejectsLists lists;
    private final Bound running;

    RejectsResource(RejectsLists lists, ResultsConfig config) {
        this.lists = lists;
        this.running = new Bound(
                config.query().maxScans(),
                ProblemType.TOO_MANY_QUERIES,
                "lists of dead letters and late records",
                config.query().retryAfter());
    }

    /** Records that could not be decoded or were not valid, with the reason. */
    @GET
    @Path("/dead-letters")
    public Uni<String> deadLetters(@Context RoutingContext context) {
        return page(RejectKind.DEAD_LETTER, context);
    }

    /** Valid records that came after their window had closed for good, one per window specification. */
    @GET
    @Path("/late")
    public Uni<String> late(@Context RoutingContext context) {
        return page(RejectKind.LATE, context);
    }

    /** For administrators: nobody has checked what these bytes say, so that no scope of job or key can be held to them. */
    private Uni<String> page(RejectKind kind, RoutingContext context) {
        Access access = Access.of(context);
        access.checkAdmin();
        RejectsQuery query = RejectsQuery.of(kind, context.request().query());
        return running.run(access, () -> lists.page(query, access));
    }
}
