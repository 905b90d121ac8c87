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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The newest results of the log, and per job the newest window. */
@ApplicationScoped
public class ResultsFeed {

    private static final int MAX_JOBS = 1_000;

    private final TopicFeed feed;
    private final Map<String, NewestWindow> newest = new ConcurrentHashMap<>();

    ResultsFeed(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        feed =
                new TopicFeed(
                        kafka,
                        new TopicFeed.Settings(
                                config.topic(),
                                "results",
                                config.tailSize(),
                                config.tailBytes().asLongValue()),
                        ResultEntry::decode,
                        this::note,
                        metrics);
    }

    void begin(@Observes StartupEvent event) {
        feed.begin();
    }

    void end(@Observes @Priority(2_000) ShutdownEvent event) {
        feed.end();
    }

    /** Whether the end of the log has been read once; from then on streams are served, whatever happens to the broker. */
    public boolean loaded() {
        return feed.loaded();
    }

    /** What the consumer is doing. */
    public TopicFollower.State state() {
        return feed.state();
    }

    /** Whether the consumer's thread goes round. */
    public boolean alive() {
        return feed.alive();
    }

    /** The position behind everything that was read of this topic. */
    public String position() {
        return feed.tail().position().toString();
    }

    /** Number of results kept for streams that resume. */
    public int size() {
        return feed.tail().size();
    }

    /** Per job the newest window that went through this process. */
    public Map<String, NewestWindow> newestWindows() {
        return Map.copyOf(newest);
    }

    Tail tail() {
        return feed.tail();
    }

    TopicFeed feed() {
        return feed;
    }

    private void note(ResultEntry entry) {
        if (newest.size() < MAX_JOBS || newest.containsKey(entry.job())) {
            newest.merge(
                    entry.job(),
                    new NewestWindow(
                            entry.id(),
                            entry.key(),
                            entry.start(),
                            entry.end(),
                            entry.generation()),
                    (known, next) -> next.end().isBefore(known.end()) ? known : next);
        }
    }
}
