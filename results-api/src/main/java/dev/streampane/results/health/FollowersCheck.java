// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.audit.AuditBooks;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.live.AlertsFeed;
import dev.streampane.results.live.ResultsFeed;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while every thread that reads Kafka goes round; a broker that is away does not stop them. */
@Liveness
@ApplicationScoped
public class FollowersCheck implements HealthCheck {

    private final ResultsFeed feed;
    private final AlertsFeed alerts;
    private final AuditBooks books;
    private final JobRuns runs;

    FollowersCheck(ResultsFeed feed, AlertsFeed alerts, AuditBooks books, JobRuns runs) {
        this.feed = feed;
        this.alerts = alerts;
        this.books = books;
        this.runs = runs;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("followers")
                .status(feed.alive() && alerts.alive() && books.alive() && runs.alive())
                .withData("results", feed.alive())
                .withData("alerts", alerts.alive())
                .withData("audit", books.alive())
                .withData("job-runs", runs.alive())
                .build();
    }
}
