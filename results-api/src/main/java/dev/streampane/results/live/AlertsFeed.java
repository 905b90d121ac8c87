// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** The newest alerts. They take a quarter of the memory that results may have. */
@ApplicationScoped
public class AlertsFeed {

    private final TopicFeed feed;

    AlertsFeed(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        feed =
                new TopicFeed(
                        kafka,
                        new TopicFeed.Settings(
                                config.alertsTopic(),
                                "alerts",
                                config.tailSize(),
                                config.tailBytes().asLongValue() / 4),
                        ResultEntry::decodeAlert,
                        entry -> {},
                        metrics);
    }

    void begin(@Observes StartupEvent event) {
        feed.begin();
    }

    void end(@Observes @Priority(2_000) ShutdownEvent event) {
        feed.end();
    }

    /** Whether the end of the topic has been read, or the broker says that there is no such topic. */
    public boolean settled() {
        return feed.loaded() || feed.state() == TopicFollower.State.TOPIC_MISSING;
    }

    /** Whether the consumer's thread goes round. */
    public boolean alive() {
        return feed.alive();
    }

    TopicFeed feed() {
        return feed;
    }
}
