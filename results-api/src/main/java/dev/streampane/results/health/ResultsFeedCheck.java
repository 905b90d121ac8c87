// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.tail.TailFeeds;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the ends of the logs of results and, where they are there, of alerts and counts of words have been read; from then on streams are served, even while the broker is away. */
@Readiness
@ApplicationScoped
public class ResultsFeedCheck implements HealthCheck {

    private final TailFeeds feeds;

    ResultsFeedCheck(TailFeeds feeds) {
        this.feeds = feeds;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("results-feed")
                .status(feeds.settled())
                .withData("state", feeds.state().name())
                .withData("position", feeds.tail().position().toString())
                .withData("results", feeds.size())
                .build();
    }
}
