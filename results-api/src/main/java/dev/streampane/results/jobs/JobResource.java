// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code GET /api/v1/jobs}: the known jobs. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
public class JobResource {

    /** The answer. */
    @Schema(requiredProperties = {"items", "truncated"})
    record Jobs(
            List<Job> items,

            @Schema(description = "Whether jobs that neither run nor have results in memory may be missing")
            boolean truncated,

            @JsonInclude(JsonInclude.Include.NON_NULL)
            @Schema(
                    enumeration = {STORE_UNAVAILABLE, TOO_MANY},
                    description = "`store-unavailable`: Elasticsearch, which alone knows those jobs, does not answer; "
                            + "`too-many-jobs`: it knows more jobs than a request asks for")
            String reason) {}

    static final String STORE_UNAVAILABLE = "store-unavailable";
    static final String TOO_MANY = "too-many-jobs";

    private final JobDirectory jobs;

    JobResource(JobDirectory jobs) {
        this.jobs = jobs;
    }

    /** The jobs of which the caller may read something, by name. */
    @GET
    @APIResponse(responseCode = "200", description = "Jobs by name")
    public Uni<Jobs> all(@Context RoutingContext context) {
        Parameters.of(context.request().query()).check();
        Access access = Access.of(context);
        return jobs.all()
                .map(all -> new Jobs(
                        all.jobs().stream()
                                .filter(job -> access.sees(job.job()))
                                .map(job -> job.readBy(access))
                                .toList(),
                        all.reason().isPresent(),
                        all.reason().orElse(null)));
    }
}
