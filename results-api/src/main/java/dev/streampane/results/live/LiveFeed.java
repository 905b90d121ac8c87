// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** The sources that streams are served from: tail, broadcaster, log, snapshots and previews. */
@Singleton
public record LiveFeed(
        TailFeeds feeds,
        Broadcaster broadcaster,
        CatchUpReader catchUp,
        Snapshots snapshots,
        Previews previews,
        StreamConfig config) {

    private static final int FRAMES_PER_BUFFER = 16;
    private static final long MOST_FRAME_BYTES = 32 << 20;

    @Inject
    LiveFeed(TailFeeds feeds, CatchUpReader catchUp, Snapshots snapshots, Previews previews, ResultsConfig config) {
        this(feeds, broadcaster(feeds, config.stream()), catchUp, snapshots, previews, config.stream());
    }

    private static Broadcaster broadcaster(TailFeeds feeds, StreamConfig config) {
        return new Broadcaster(
                feeds.tail(),
                Math.max(1_000, FRAMES_PER_BUFFER * config.buffer()),
                Math.min(MOST_FRAME_BYTES, Runtime.getRuntime().maxMemory() / 16));
    }

    void start(@Observes StartupEvent event) {
        feeds.onMore(broadcaster::publish);
        previews.onMore(broadcaster::wake);
    }

    Tail tail() {
        return feeds.tail();
    }
}
