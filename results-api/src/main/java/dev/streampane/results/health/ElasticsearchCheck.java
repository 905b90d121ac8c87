// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.store.SearchClient;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Shows whether Elasticsearch answers. It never makes the service unready: without Elasticsearch {@code /windows} answers 503, but
 * streams, watermarks and audit go on.
 */
@Readiness
@ApplicationScoped
public class ElasticsearchCheck implements HealthCheck {

    private final SearchClient elasticsearch;

    ElasticsearchCheck(SearchClient elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("elasticsearch")
                .up()
                .withData("reachable", elasticsearch.reachable())
                .withData("required", false)
                .build();
    }
}
