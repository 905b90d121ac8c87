// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;

import dev.streampane.results.Log;
import dev.streampane.results.Store;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.TailFeeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A log to which results are appended without end, and which Elasticsearch has some time later. */
final class GrowingLog implements AutoCloseable {

    private static final String TOPIC = "window-results";
    private static final String JOB = "grows";

    private record Read(TopicPosition position, Instant at) {}

    private final Log log;
    private final Store store;
    private final TailFeeds feeds;
    private final Duration later;
    private final Queue<Read> unindexed = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private CompletableFuture<Void> growing = CompletableFuture.completedFuture(null);

    GrowingLog(Log log, Store store, TailFeeds feeds, Duration later) {
        this.log = log;
        this.store = store;
        this.feeds = feeds;
        this.later = later;
    }

    /** Appends results, which Elasticsearch has; it grows from then on, and has grown when this returns. */
    void write(List<String> results) {
        log.begin();
        results.forEach(result -> log.add(TOPIC, 1, "k", result));
        log.commit().put(TOPIC, 1, "k", result(JOB, "first", SIX));
        await().until(() -> has("first"));
        store.acknowledge(position());
        growing = CompletableFuture.runAsync(this::grow, task -> new Thread(task, "grow").start());
        await().until(() -> has("k0"));
    }

    private boolean has(String key) {
        return feeds.tail().index().newest(id(JOB, key, SIX)).isPresent();
    }

    private TopicPosition position() {
        return feeds.tail().position().topic(TOPIC).orElseThrow();
    }

    private void grow() {
        for (int n = 0; !closed.get(); n++) {
            log.put(TOPIC, 1, "k", result(JOB, "k" + n, SIX));
            unindexed.add(new Read(position(), Instant.now()));
            index(Instant.now().minus(later));
        }
    }

    private void index(Instant until) {
        TopicPosition last = null;
        while (!unindexed.isEmpty() && unindexed.element().at().isBefore(until)) {
            last = unindexed.remove().position();
        }
        if (last != null) {
            store.acknowledge(last);
        }
    }

    @Override
    public void close() {
        closed.set(true);
        growing.join();
    }
}
