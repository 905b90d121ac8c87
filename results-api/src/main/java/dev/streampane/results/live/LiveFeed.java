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

/**
 * The sources that streams are served from: tail, broadcaster, log, snapshots and previews.
 *
 * <p>The way of a result from its topic to a socket begins on the consumer's thread:
 * <ol>
 * <li>{@code TopicFollower} polls, and {@code TopicFeed.read} decodes each record to a {@code TailEntry}.
 * <li>{@code Tail.append} numbers the entry and adds it to its topic's {@code TopicBuffer}, which adds it to the {@code TailIndex}.
 * <li>{@link Broadcaster} makes a {@link Frame} of the entry, with the position after it.
 * <li>After the poll, {@link Broadcaster#publish} shows the new frames and wakes the streams.
 * </ol>
 * It goes on on each event loop:
 * <ol>
 * <li>{@link EventLoopStreams} runs its streams ({@link StreamClient}). A stream at the end of the log is a {@link LiveStage}.
 * <li>It takes the next {@link Broadcaster.Batch}, which is read once for all streams of the loop.
 * <li>{@link Format#joined} encodes the batch, once for all streams that take all of it.
 * <li>{@link EventWriter} writes the bytes into the {@code Connection}.
 * </ol>
 */
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
