// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.live.ResultsFeed;
import dev.streampane.results.live.StreamFeeds;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the ends of the logs of results and, where there is one, of alerts have been read; from then on streams are served, even while the broker is away. */
@Readiness
@ApplicationScoped
public class ResultsFeedCheck implements HealthCheck {

    private final ResultsFeed feed;
    private final StreamFeeds feeds;

    ResultsFeedCheck(ResultsFeed feed, StreamFeeds feeds) {
        this.feed = feed;
        this.feeds = feeds;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("results-feed")
                .status(feeds.loaded())
                .withData("state", feed.state().name())
                .withData("position", feed.position())
                .withData("results", feed.size())
                .build();
    }
}
