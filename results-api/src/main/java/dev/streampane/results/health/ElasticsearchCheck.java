// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Shows whether Elasticsearch answers, and what works when it does not. It never makes the service unready: streams, watermarks and audit
 * go on, and so do queries for windows that are in memory.
 */
@Readiness
@Singleton
public record ElasticsearchCheck(SearchClient elasticsearch, TailFeeds feeds) implements AsyncHealthCheck {

    @Override
    public Uni<HealthCheckResponse> call() {
        return elasticsearch.reachable().map(reachable -> HealthCheckResponse.named("elasticsearch")
                .up()
                .withData("reachable", reachable)
                .withData("required", false)
                .withData("works", reachable ? "everything" : "streams, watermarks, audit" + windows())
                .build());
    }

    private String windows() {
        return feeds.tail()
                .whole(feeds.resultsTopic())
                .map(since -> ", windows since " + since)
                .orElse("");
    }
}
