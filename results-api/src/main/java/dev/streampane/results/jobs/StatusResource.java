// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import dev.streampane.results.audit.JobProgress;
import dev.streampane.results.audit.JobProgress.Progress;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.Arrival;
import dev.streampane.results.tail.TailFeeds;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code GET /api/v1/status}: the progress of each job. */
@Path("/api/v1/status")
@Produces(MediaType.APPLICATION_JSON)
public class StatusResource {

    /** The answer. */
    record Status(
            @Schema(description = "When the answer was given")
            Instant now,

            @Schema(description = "False while the audit topic is still being read: lags are then too high")
            boolean loaded,

            List<JobStatus> items) {}

    /** One job. */
    record JobStatus(
            String job,
            int generation,

            @Schema(
                    nullable = true,
                    description =
                            "Records of its inputs that its audit does not cover yet, also in partitions without one; null when unknown")
            Long lag,

            @Schema(
                    nullable = true,
                    description =
                            "Of the slowest partition of its inputs; null when one has none yet, or the job has no event times")
            Instant clock,

            @Schema(
                    description =
                            "Records of its inputs have waited for `results.audit.stalled-after`, 30 s by default, and its checkpoint and audit intervals, and it "
                                    + "has audited none: it does not run, or does not get on")
            boolean halted,

            @Schema(
                    description =
                            "Its input partitions with neither data nor heartbeats for `results.audit.stalled-after`, 30 s by default; "
                                    + "not those about which the broker does not answer")
            List<String> stalled,

            @Schema(
                    nullable = true,
                    description = "The window that ends last, of those in memory, and the way of its first result")
            Newest newest) {}

    /** When the first result of a window passed the broker and this instance. */
    record Newest(
            String id,
            Instant end,
            @Schema(description = "When the broker took it") Instant appended,

            @Schema(
                    nullable = true,
                    description =
                            "When this instance had it and woke its streams; null when it was in the log before this instance had read that, or a "
                                    + "later window was retracted since")
            Instant streamed) {}

    private final JobProgress standings;
    private final TailFeeds feeds;

    StatusResource(JobProgress standings, TailFeeds feeds) {
        this.standings = standings;
        this.feeds = feeds;
    }

    /** The progress of each job of which the caller may read every key, and how long its newest result took to arrive here. */
    @GET
    @APIResponse(responseCode = "200", description = "The jobs that were started or have an audit, by name")
    public Status status(@Context RoutingContext context) {
        Parameters.of(context.request().query()).check();
        Access access = Access.of(context);
        Map<String, Arrival> arrivals = feeds.arrivals();
        return new Status(
                Instant.now(),
                standings.loaded(),
                standings.all().entrySet().stream()
                        .filter(job -> access.mayRead(job.getKey(), ""))
                        .map(job -> of(
                                job.getKey(),
                                job.getValue(),
                                standings.halted(job.getKey()),
                                Optional.ofNullable(arrivals.get(job.getKey()))))
                        .toList());
    }

    private static JobStatus of(String job, Progress standing, boolean halted, Optional<Arrival> arrival) {
        return new JobStatus(
                job,
                standing.generation(),
                standing.lag().orElse(null),
                standing.clock().orElse(null),
                halted,
                standing.stalled(),
                arrival.map(came -> new Newest(
                                came.window().id(),
                                came.window().end(),
                                came.appended(),
                                came.read().orElse(null)))
                        .orElse(null));
    }
}
