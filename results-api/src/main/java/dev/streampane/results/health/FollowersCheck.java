// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.audit.AuditBooks;
import dev.streampane.results.audit.InputTopics;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.live.Previews;
import dev.streampane.results.tail.TailFeeds;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while every thread that reads Kafka goes round; a broker that is away does not stop them. */
@Liveness
@ApplicationScoped
public class FollowersCheck implements HealthCheck {

    private final TailFeeds tail;
    private final AuditBooks books;
    private final JobRuns runs;
    private final InputTopics inputs;
    private final Previews previews;

    FollowersCheck(TailFeeds tail, AuditBooks books, JobRuns runs, InputTopics inputs, Previews previews) {
        this.tail = tail;
        this.books = books;
        this.runs = runs;
        this.inputs = inputs;
        this.previews = previews;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("followers")
                .status(tail.alive() && books.alive() && runs.alive() && inputs.alive() && previews.alive())
                .withData("tail", tail.alive())
                .withData("audit", books.alive())
                .withData("job-runs", runs.alive())
                .withData("inputs", inputs.alive())
                .withData("previews", previews.alive())
                .build();
    }
}
