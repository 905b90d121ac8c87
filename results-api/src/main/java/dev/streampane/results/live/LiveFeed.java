// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import io.netty.channel.EventLoop;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What streams are served from: the tail, its one walk, what lies behind it, and the event loops that send. */
@ApplicationScoped
public class LiveFeed {

    private static final int FRAMES_PER_BUFFER = 16;
    private static final long MOST_FRAME_BYTES = 32 << 20;
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

    private final TailFeeds feeds;
    private final Broadcaster broadcaster;
    private final CatchUp catchUp;
    private final Snapshots snapshots;
    private final Previews previews;
    private final ResultsConfig.Stream config;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    LiveFeed(TailFeeds feeds, CatchUp catchUp, Snapshots snapshots, Previews previews, ResultsConfig config) {
        this.feeds = feeds;
        this.catchUp = catchUp;
        this.snapshots = snapshots;
        this.previews = previews;
        this.config = config.stream();
        this.broadcaster = new Broadcaster(
                feeds.tail(),
                Math.max(1_000, FRAMES_PER_BUFFER * this.config.buffer()),
                Math.min(MOST_FRAME_BYTES, Runtime.getRuntime().maxMemory() / 16));
    }

    void start(@Observes StartupEvent event) {
        feeds.onMore(this::more);
        previews.onMore(this::wake);
    }

    Tail tail() {
        return feeds.tail();
    }

    Broadcaster broadcaster() {
        return broadcaster;
    }

    CatchUp catchUp() {
        return catchUp;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    Previews previews() {
        return previews;
    }

    String resultsTopic() {
        return feeds.resultsTopic();
    }

    ResultsConfig.Stream config() {
        return config;
    }

    /** The streams of an event loop. */
    Loop loop(EventLoop thread) {
        return loops.computeIfAbsent(thread, key -> new Loop(key, broadcaster, tick().toMillis()));
    }

    /** Goes on, and wakes whoever has something to send. */
    private void more() {
        if (broadcaster.advance()) {
            wake();
        }
    }

    private void wake() {
        loops.values().forEach(Loop::wake);
    }

    private Duration tick() {
        Duration quarter = config.heartbeat().compareTo(config.stallTimeout()) < 0
                ? config.heartbeat().dividedBy(4)
                : config.stallTimeout().dividedBy(4);
        return quarter.compareTo(LONGEST_TICK) < 0 ? quarter : LONGEST_TICK;
    }
}
