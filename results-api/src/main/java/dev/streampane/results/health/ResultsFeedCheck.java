// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.live.ResultsFeed;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the end of the log of results has been read; from then on streams are served, even while the broker is away. */
@Readiness
@ApplicationScoped
public class ResultsFeedCheck implements HealthCheck {

    private final ResultsFeed feed;

    ResultsFeedCheck(ResultsFeed feed) {
        this.feed = feed;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("results-feed")
                .status(feed.loaded())
                .withData("state", feed.state().name())
                .withData("position", feed.position())
                .withData("results", feed.size())
                .build();
    }
}
