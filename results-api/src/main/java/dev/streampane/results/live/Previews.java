// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicReader;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Previews of open windows. Their topic is consumed, from its end, once the first stream asks for previews.
 *
 * <p>The last previews are kept for the streams to read. A client that is too slow misses some; a later preview, or the result, replaces them. Once
 * the tail has a result of a window, previews of the window are dropped. Safe for use by several threads.
 */
@ApplicationScoped
public class Previews {

    /**
     * Previews, ordered by number.
     *
     * @param next number from which to read on
     */
    record Batch(List<Frame> frames, long next) {}

    private static final int KEPT = 1_000;
    private static final int BATCH = 64;

    private final TailFeeds tail;
    private final TopicFollower follower;

    /** The newest preview of each window by id, ordered by number. */
    private final Map<String, Frame> kept = new LinkedHashMap<>();

    private volatile Runnable listener = () -> {};
    private long end;

    Previews(KafkaAccess kafka, TailFeeds tail, ResultsConfig config) {
        this.tail = tail;
        this.follower = new TopicFollower(kafka, config.previewsTopic(), new Reader());
    }

    /** Starts to follow the topic, unless it is followed already. */
    void want() {
        follower.start();
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        follower.close();
    }

    /** Whether the consumer's thread is alive and makes progress; true before there is one. */
    public boolean alive() {
        return follower.alive();
    }

    /** Calls {@code more} on the consumer's thread when there are new previews. */
    void onMore(Runnable more) {
        listener = more;
    }

    /** Number that the next preview will have. */
    synchronized long end() {
        return end;
    }

    /** Previews from a number on, or from the oldest one that is kept; only the newest of each window. */
    synchronized Batch read(long from) {
        List<Frame> next = kept.values().stream()
                .filter(preview -> preview.entry().number() >= from)
                .limit(BATCH)
                .toList();
        return new Batch(
                next, next.size() < BATCH ? end : next.get(BATCH - 1).entry().number() + 1);
    }

    /** Whether the preview still holds: the tail has no result of its window. */
    boolean holds(TailEntry preview) {
        return tail.tail().index().newest(preview.id()).isEmpty();
    }

    private void add(List<TailEntry> previews) {
        List<TailEntry> open = previews.stream().filter(this::holds).toList();
        if (!open.isEmpty()) {
            open.forEach(this::add);
            listener.run();
        }
    }

    private synchronized void add(TailEntry preview) {
        kept.remove(preview.id());
        kept.put(preview.id(), new Frame(preview.numbered(end++), ""));
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /** Reads the topic from its end, also after an error: later previews and the results replace those written meanwhile. */
    private final class Reader implements TopicReader {

        @Override
        public long[] start(TopicLayout layout, long[] since) {
            return layout.ends();
        }

        @Override
        public void read(ConsumerRecords<byte[], byte[]> records, long[] reached) {
            List<TailEntry> previews = new ArrayList<>();
            Predicate<TailEntry> early = entry -> entry.status().equals("EARLY");
            for (ConsumerRecord<byte[], byte[]> found : records) {
                TailEntry.decode(TailEntry.Kind.WINDOW, found).filter(early).ifPresent(previews::add);
            }
            add(previews);
        }
    }
}
