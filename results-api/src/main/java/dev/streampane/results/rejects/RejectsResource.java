// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.security.Access;
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

    RejectsResource(RejectsLists lists) {
        this.lists = lists;
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

    /** One job's for those who may read it, without those keys that they may not; all jobs' for administrators. */
    private Uni<String> page(RejectKind kind, RoutingContext context) {
        Access access = Access.of(context);
        RejectsQuery query = RejectsQuery.of(kind, context.request().query());
        query.job().ifPresentOrElse(access::checkJob, access::checkAdmin);
        return lists.page(query, access);
    }
}
