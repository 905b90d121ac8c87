// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.live.OlderWindowsQuery.Page;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.store.WaitingBulkhead;
import dev.streampane.results.tail.Snapshot;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The limits that the snapshots of all streams share: the memory that they may hold together, and the few requests to Elasticsearch that may run at
 * the same time. Safe for use by several threads.
 */
@ApplicationScoped
public class Snapshots {

    /** Why a snapshot is not complete. */
    enum Partial {
        /** Elasticsearch does not answer. */
        STORE_UNAVAILABLE,
        /** Elasticsearch does not show yet all results that the tail no longer has. */
        STORE_BEHIND,
        /** There are more windows than a snapshot may have. */
        TOO_MANY,
        /** The client took too long. */
        SLOW,
        /** It waited too long for memory that other snapshots hold, or for an answer. */
        BUSY;

        String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final Logger LOG = Logger.getLogger(Snapshots.class);
    private static final String RESULTS = "window-results";
    private static final long RECENTLY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SNAPSHOTS_OF_FULL_SIZE = 4;
    private static final int OPEN_QUESTIONS = 4;
    private static final int TAIL_READS = 2;

    /** Less than the 40 s of silence after which clients take a connection for dead. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    private final SearchClient elasticsearch;
    private final IndexedLog indexed;
    private final Duration wait;
    private final int maxRows;
    private final Duration timeout;

    /** Its queue is bounded by the memory: a snapshot without memory does not ask. */
    private final WaitingBulkhead questions = new WaitingBulkhead(OPEN_QUESTIONS);

    private final ExecutorService tailReads =
            Executors.newFixedThreadPool(TAIL_READS, new DefaultThreadFactory("snapshots", true));

    /** Rows that all snapshots together may hold; {@link #held} has those held per principal. */
    private final int rows;

    private final Map<String, Integer> held = new HashMap<>();
    private int free;

    /** When principals that had their share were last refused more, by {@link System#nanoTime}. */
    private final Map<String, Long> refused = new HashMap<>();

    private long lastRefused = System.nanoTime() - RECENTLY_NANOS;

    Snapshots(SearchClient elasticsearch, IndexedLog indexed, ResultsConfig config) {
        this.elasticsearch = elasticsearch;
        this.indexed = indexed;
        this.wait = config.query().timeout();
        this.maxRows = config.stream().snapshotRows();
        this.timeout = config.stream().snapshotTimeout();
        this.rows = SNAPSHOTS_OF_FULL_SIZE * maxRows;
        this.free = rows;
    }

    /** Most windows of one snapshot. */
    int maxRows() {
        return maxRows;
    }

    /** How long one snapshot may take. */
    Duration timeout() {
        return timeout;
    }

    /** How long one snapshot may send nothing. */
    Duration maxSilence() {
        return MAX_SILENCE;
    }

    @PreDestroy
    void end() {
        tailReads.shutdownNow();
    }

    /** The result of {@code read}, which waits for one of a few threads that may block; not called when the client has gone by then. */
    Uni<Snapshot> ofTail(Supplier<Snapshot> read) {
        return Uni.createFrom().completionStage(() -> CompletableFuture.supplyAsync(read, tailReads));
    }

    /** Reserves memory for {@code wanted} rows; false when too little is free, or the principal would have more than half: the caller tries later. */
    synchronized boolean reserve(int wanted, String principal) {
        int own = held.getOrDefault(principal, 0) + wanted;
        boolean reserved = wanted <= free && own <= rows / 2;
        if (reserved) {
            free -= wanted;
            held.put(principal, own);
        } else if (wanted > free) {
            lastRefused = System.nanoTime();
        } else {
            refused.put(principal, System.nanoTime());
        }
        return reserved;
    }

    /** Whether, within the last second, a snapshot was refused memory that releasing a snapshot of this principal would free. */
    synchronized boolean wanted(String principal) {
        long recently = System.nanoTime() - RECENTLY_NANOS;
        return lastRefused - recently > 0 || refused.getOrDefault(principal, recently) - recently > 0;
    }

    /** Gives reserved memory back. */
    synchronized void release(int reserved, String principal) {
        free += reserved;
        held.computeIfPresent(principal, (of, rows) -> rows == reserved ? null : rows - reserved);
        if (!held.containsKey(principal)) {
            refused.remove(principal);
        }
    }

    /**
     * The page after another one; the first page once Elasticsearch shows everything below the tail's earliest offsets. Waits for its turn. Never
     * fails: after an error it is an empty page that says why, and the snapshot goes on without it.
     */
    Uni<Page> page(OlderWindowsQuery wanted, Optional<JsonNode> after) {
        return questions
                .ask(() -> after.isPresent() ? search(wanted, after) : firstPage(wanted))
                .onFailure()
                .recoverWithItem(failure -> {
                    if (!(failure instanceof ProblemException)) {
                        LOG.warnf(failure, "A search for a snapshot failed");
                    }
                    return Page.none(Partial.STORE_UNAVAILABLE);
                });
    }

    private Uni<Page> firstPage(OlderWindowsQuery wanted) {
        return indexed.shows(wanted.earliest(), wait)
                .chain(shown -> shown
                        ? search(wanted, Optional.empty())
                        : Uni.createFrom().item(Page.none(Partial.STORE_BEHIND)));
    }

    private Uni<Page> search(OlderWindowsQuery wanted, Optional<JsonNode> after) {
        return elasticsearch.search(RESULTS, wanted.search(after)).map(Page::of);
    }
}
