// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import io.netty.channel.EventLoop;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What streams are served from: the tail, the broadcaster, what lies behind them, and the event loops that send. */
@ApplicationScoped
public class LiveFeed {

    private static final int FRAMES_PER_BUFFER = 16;
    private static final long MOST_FRAME_BYTES = 32 << 20;
    private static final long LONGEST_TICK_MILLIS = 1_000;

    private final TailFeeds feeds;
    private final Broadcaster broadcaster;
    private final CatchUpReader catchUp;
    private final Snapshots snapshots;
    private final Previews previews;
    private final StreamConfig config;
    private final Map<EventLoop, EventLoopStreams> loops = new ConcurrentHashMap<>();

    LiveFeed(TailFeeds feeds, CatchUpReader catchUp, Snapshots snapshots, Previews previews, ResultsConfig config) {
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

    CatchUpReader catchUp() {
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

    StreamConfig config() {
        return config;
    }

    /** The streams of an event loop. */
    EventLoopStreams loop(EventLoop thread) {
        return loops.computeIfAbsent(thread, key -> new EventLoopStreams(key, broadcaster, tickMillis()));
    }

    /** Shows the streams what has come. */
    private void more() {
        broadcaster.publish();
        wake();
    }

    private void wake() {
        loops.values().forEach(EventLoopStreams::wake);
    }

    private long tickMillis() {
        long shorter =
                Math.min(config.heartbeat().toMillis(), config.stallTimeout().toMillis());
        return Math.min(shorter / 4, LONGEST_TICK_MILLIS);
    }
}
