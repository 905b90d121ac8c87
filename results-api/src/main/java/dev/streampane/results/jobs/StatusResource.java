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
                    description = "Input records that the audit of the job does not cover yet, also in partitions "
                            + "without an audit; null if unknown")
            Long lag,

            @Schema(
                    nullable = true,
                    description = "Clock of the slowest input partition; null if a partition has no clock yet, "
                            + "or if the job has no event times")
            Instant clock,

            @Schema(
                    description = "Whether input records have waited for `results.audit.stalled-after` (30 s by "
                            + "default) plus the checkpoint and audit intervals of the job, and the job has audited "
                            + "none of them: it does not run, or makes no progress")
            boolean halted,

            @Schema(
                    description = "Input partitions with neither data nor heartbeats for "
                            + "`results.audit.stalled-after` (30 s by default); without those for which the broker "
                            + "does not answer")
            List<String> stalled,

            @Schema(
                    nullable = true,
                    description = "The window in memory that ends last, and when its first result arrived")
            Newest newest) {}

    /** When the first result of a window passed the broker and this instance. */
    record Newest(
            String id,
            Instant end,

            @Schema(description = "When the broker appended the result")
            Instant appended,

            @Schema(
                    nullable = true,
                    description = "When this instance read the result and woke its streams; null if it read the "
                            + "result while it loaded the log, or if a later window was retracted since")
            Instant streamed) {}

    private final JobProgress progress;
    private final TailFeeds feeds;

    StatusResource(JobProgress progress, TailFeeds feeds) {
        this.progress = progress;
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
                progress.loaded(),
                progress.all().entrySet().stream()
                        .filter(job -> access.mayRead(job.getKey(), ""))
                        .map(job -> of(
                                job.getKey(),
                                job.getValue(),
                                progress.halted(job.getKey()),
                                Optional.ofNullable(arrivals.get(job.getKey()))))
                        .toList());
    }

    private static JobStatus of(String job, Progress progress, boolean halted, Optional<Arrival> arrival) {
        return new JobStatus(
                job,
                progress.generation(),
                progress.lag().orElse(null),
                progress.clock().orElse(null),
                halted,
                progress.stalled(),
                arrival.map(came -> new Newest(
                                came.window().id(),
                                came.window().end(),
                                came.appended(),
                                came.read().orElse(null)))
                        .orElse(null));
    }
}
