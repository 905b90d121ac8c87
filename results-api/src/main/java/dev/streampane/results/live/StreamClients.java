// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The open streams of this process: limits their number in total, per address and per principal, counts them, and ends them at shutdown. Safe for
 * use by several threads.
 */
@ApplicationScoped
public class StreamClients {

    private static final Duration GOODBYE = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final Set<StreamClient> clients = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byAddress = new HashMap<>();
    private final Map<String, Integer> byPrincipal = new HashMap<>();
    private int open;
    private boolean closed;
    private final LiveFeed feed;
    private final StreamConfig config;
    private final MeterRegistry metrics;
    private final Counter events;
    private final Counter leftOut;
    private final Counter previews;

    StreamClients(LiveFeed feed, ResultsConfig config, MeterRegistry metrics) {
        this.feed = feed;
        this.config = config.stream();
        this.metrics = metrics;
        this.events = metrics.counter("streampane.results.stream.events");
        this.leftOut = metrics.counter("streampane.results.stream.left.out");
        this.previews = metrics.counter("streampane.results.stream.previews");
        metrics.gauge("streampane.results.stream.clients", clients, Set::size);
        metrics.gauge("streampane.results.stream.places", this.config, StreamConfig::maxClients);
    }

    /** Makes this bean, and so its metrics, exist from the start. */
    void start(@Observes StartupEvent event) {}

    /**
     * Ends all streams cleanly, so that their clients resume elsewhere. ShutdownEvent would be too late: by then the framework has closed the server
     * and cut every connection in the middle of its answer. This event comes earlier; it needs {@code quarkus.shutdown.delay-enabled} in the build.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        close();
        CompletableFuture<?>[] ended =
                clients.stream().map(client -> client.end("shutdown")).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ended)
                .completeOnTimeout(null, GOODBYE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /**
     * Reserves a place for one more stream; {@link #release} gives it back.
     *
     * @throws ProblemException 503 when this process takes no more streams, 429 when the address or the principal is at its limit
     */
    synchronized void reserve(Access access) {
        if (closed || open >= config.maxClients()) {
            throw refused(ProblemType.TOO_MANY_STREAMS, "No more streams are accepted at the moment.");
        }
        if (byAddress.getOrDefault(access.address(), 0) >= config.maxPerAddress()) {
            throw refused(
                    ProblemType.TOO_MANY_REQUESTS,
                    "The limit of open streams from this address is reached: " + config.maxPerAddress());
        }
        if (byPrincipal.getOrDefault(access.name(), 0) >= config.maxPerPrincipal()) {
            throw refused(
                    ProblemType.TOO_MANY_REQUESTS,
                    "The limit of open streams of this principal is reached: " + config.maxPerPrincipal());
        }
        open++;
        byAddress.merge(access.address(), 1, Integer::sum);
        byPrincipal.merge(access.name(), 1, Integer::sum);
    }

    /** Gives a reserved place back. */
    synchronized void release(Access access) {
        open--;
        byAddress.computeIfPresent(access.address(), (address, n) -> n == 1 ? null : n - 1);
        byPrincipal.computeIfPresent(access.name(), (name, n) -> n == 1 ? null : n - 1);
    }

    /** Refuses new streams from now on. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Adds a stream whose place is reserved; it is a reader of the broadcaster until it is removed. */
    void add(StreamClient client) {
        clients.add(client);
        feed.broadcaster().join();
        if (closed()) {
            client.end("shutdown");
        }
    }

    void remove(StreamClient client, String reason) {
        if (clients.remove(client)) {
            feed.broadcaster().leave();
            release(client.request().access());
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

    private static ProblemException refused(ProblemType type, String detail) {
        return ProblemException.unavailable(type, detail, RETRY_AFTER);
    }
}
