// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/jobs/{job}/keys}: of which keys a job has windows. */
@Path("/api/v1/jobs/{job}/keys")
@Produces(MediaType.APPLICATION_JSON)
public class KeyResource {

    private final JobKeys keys;
    private final AtLeast atLeast;
    private final JobDirectory jobs;
    private final Running running;

    KeyResource(JobKeys keys, JobDirectory jobs, AtLeast atLeast, Running running) {
        this.keys = keys;
        this.running = running;
        this.atLeast = atLeast;
        this.jobs = jobs;
    }

    /** Keys by name, each with the number of its windows and the last of them, per specification too. Parameters: {@link KeyQuery}. */
    @GET
    public Uni<RestResponse<String>> find(@PathParam("job") String job, @Context RoutingContext context) {
        Access access = Access.of(context);
        KeyQuery query = KeyQuery.of(job, context.request().query(), access, atLeast::of);
        return atLeast.reached(query.atLeast(), access)
                .chain(() -> running.scans().run(access, () -> keys.of(query)))
                .call(page -> page.items().isEmpty()
                        ? jobs.checkKnown(job)
                        : Uni.createFrom().voidItem())
                .map(page -> page.answer(context));
    }
}
