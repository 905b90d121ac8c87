// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The open streams: woken when there is more, counted, and ended when the process ends. */
@ApplicationScoped
public class StreamClients {

    private final Set<StreamClient> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final TailFeeds feeds;
    private final int maxClients;
    private final MeterRegistry metrics;
    private final Counter events;
    private volatile boolean closing;

    StreamClients(TailFeeds feeds, ResultsConfig config, MeterRegistry metrics) {
        this.feeds = feeds;
        this.maxClients = config.stream().maxClients();
        this.metrics = metrics;
        this.events = metrics.counter("streampane.results.stream.events");
        metrics.gauge("streampane.results.stream.clients", open, AtomicInteger::get);
    }

    void start(@Observes StartupEvent event) {
        feeds.onMore(() -> clients.forEach(StreamClient::wake));
    }

    /** Ends all streams, so that their clients resume elsewhere; before the consumer and the server stop. */
    void stop(@Observes @Priority(1_000) ShutdownEvent event) {
        closing = true;
        clients.forEach(client -> client.end("shutdown"));
    }

    /** Takes a place for one more stream; false when there is none left. */
    boolean reserve() {
        if (closing || open.incrementAndGet() > maxClients) {
            if (!closing) {
                open.decrementAndGet();
            }
            return false;
        }
        return true;
    }

    void add(StreamClient client) {
        clients.add(client);
    }

    void remove(StreamClient client, String reason) {
        if (clients.remove(client)) {
            open.decrementAndGet();
            metrics.counter("streampane.results.stream.closed", "reason", reason).increment();
        }
    }

    void sent() {
        events.increment();
    }

    void reset(ResetReason reason) {
        metrics.counter("streampane.results.stream.resets", "reason", reason.code()).increment();
    }
}
