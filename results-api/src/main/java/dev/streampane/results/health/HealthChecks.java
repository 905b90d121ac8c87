// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.audit.AuditTotals;
import dev.streampane.results.audit.InputTopics;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.audit.OpenTransactions;
import dev.streampane.results.live.Previews;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.health.api.AsyncHealthCheck;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Checks whether the threads that read Kafka are alive, what they have read, whether Elasticsearch answers, and what holds results back. */
@ApplicationScoped
public class HealthChecks {

    /** Alive while every thread that reads Kafka keeps polling; an unavailable broker does not stop these threads. */
    @Produces
    @Liveness
    HealthCheck followers(TailFeeds tail, AuditTotals audit, JobRuns runs, InputTopics inputs, Previews previews) {
        return () -> HealthCheckResponse.named("followers")
                .status(tail.alive() && audit.alive() && runs.alive() && inputs.alive() && previews.alive())
                .withData("tail", tail.alive())
                .withData("audit", audit.alive())
                .withData("job-runs", runs.alive())
                .withData("inputs", inputs.alive())
                .withData("previews", previews.alive())
                .build();
    }

    /**
     * Ready once the topics of results, alerts and counts of words have been read to their ends; alerts and counts of words only if their
     * topics exist and may be read. From then on streams are served, even while the broker is unavailable.
     */
    @Produces
    @Readiness
    HealthCheck resultsFeed(TailFeeds feeds) {
        return () -> HealthCheckResponse.named("results-feed")
                .status(feeds.settled())
                .withData("state", feeds.state().name())
                .withData("position", feeds.tail().position().toString())
                .withData("results", feeds.size())
                .build();
    }

    /**
     * Shows whether Elasticsearch answers, and what works when it does not. It never makes the service unready: streams, watermarks, audit and
     * queries for windows in memory work without it.
     */
    @Produces
    @Readiness
    AsyncHealthCheck elasticsearch(SearchClient elasticsearch, TailFeeds feeds) {
        return () -> elasticsearch.reachable().map(reachable -> HealthCheckResponse.named("elasticsearch")
                .up()
                .withData("reachable", reachable)
                .withData("required", false)
                .withData("works", reachable ? "everything" : "streams, watermarks, audit" + windows(feeds))
                .build());
    }

    private static String windows(TailFeeds feeds) {
        return feeds.tail()
                .whole(feeds.resultsTopic())
                .map(since -> ", windows since " + since)
                .orElse("");
    }

    /** Names the input partitions that are stalled, so that windows wait for their data or heartbeats. The service itself stays ready. */
    @Produces
    @Readiness
    HealthCheck inputPartitions(InputTopics inputs) {
        return () -> HealthCheckResponse.named("input-partitions")
                .up()
                .withData("stalled", String.join(", ", inputs.stalled()))
                .build();
    }

    /** Names the open transactions that hold back every reader of results. The service itself stays ready. */
    @Produces
    @Readiness
    HealthCheck openTransactions(OpenTransactions transactions) {
        return () -> HealthCheckResponse.named("open-transactions")
                .up()
                .withData(
                        "holders",
                        transactions.holders().stream()
                                .map(OpenTransactions.Holder::toString)
                                .collect(Collectors.joining(", ")))
                .build();
    }
}
