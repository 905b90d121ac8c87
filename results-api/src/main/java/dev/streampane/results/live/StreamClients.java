// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The open streams: counted, and ended when the process ends. */
@ApplicationScoped
public class StreamClients {

    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final Set<StreamClient> clients = ConcurrentHashMap.newKeySet();
    private final LiveFeed feed;
    private final StreamLimits limits;
    private final MeterRegistry metrics;
    private final Counter events;
    private final Counter leftOut;
    private final Counter previews;

    StreamClients(LiveFeed feed, StreamLimits limits, MeterRegistry metrics) {
        this.feed = feed;
        this.limits = limits;
        this.metrics = metrics;
        this.events = metrics.counter("streampane.results.stream.events");
        this.leftOut = metrics.counter("streampane.results.stream.left.out");
        this.previews = metrics.counter("streampane.results.stream.previews");
        metrics.gauge("streampane.results.stream.clients", clients, Set::size);
        metrics.gauge("streampane.results.stream.places", limits, StreamLimits::places);
    }

    /** Is there from the start, and with it its metrics. */
    void start(@Observes StartupEvent event) {}

    /**
     * Ends all streams, so that their clients resume elsewhere. By the time of its ShutdownEvent the framework has closed the server, and with it
     * every connection in the middle of its answer; this one comes before that, built with {@code quarkus.shutdown.delay-enabled}.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        limits.close();
        CompletableFuture<?>[] ended =
                clients.stream().map(client -> client.end("shutdown")).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ended)
                .completeOnTimeout(null, GOODBYE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** One more, which is among the broadcaster's readers until it is removed. */
    void add(StreamClient client) {
        clients.add(client);
        feed.broadcaster().join();
        if (limits.closed()) {
            client.end("shutdown");
        }
    }

    void remove(StreamClient client, String reason) {
        if (clients.remove(client)) {
            feed.broadcaster().leave();
            limits.release(client.request().filter().access());
            metrics.counter("streampane.results.stream.closed", "reason", reason)
                    .increment();
        }
    }

    void sent(int frames) {
        events.increment(frames);
    }

    void previews(int frames) {
        previews.increment(frames);
    }

    void conflated(long revisions) {
        leftOut.increment(revisions);
    }

    void snapshot(String outcome) {
        metrics.counter("streampane.results.stream.snapshots", "outcome", outcome)
                .increment();
    }

    void reset(ResetReason reason) {
        metrics.counter("streampane.results.stream.resets", "reason", reason.code())
                .increment();
    }
}
