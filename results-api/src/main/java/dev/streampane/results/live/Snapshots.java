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
 * What the snapshots of all streams share: the memory that they hold together, and the few requests to Elasticsearch that run at
 * a time. Safe for use by several threads.
 */
@ApplicationScoped
public class Snapshots {

    /** Why a snapshot lacks something. */
    enum Partial {
        /** Elasticsearch does not answer. */
        STORE_UNAVAILABLE,
        /** Elasticsearch does not have everything yet that the tail no longer has. */
        STORE_BEHIND,
        /** There are more windows than a snapshot may have. */
        TOO_MANY,
        /** The client took too long. */
        SLOW,
        /** It waited too long for memory that other snapshots have, or for an answer. */
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

    /** Clients take a connection for dead on which they hear nothing for 40 s. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    private final SearchClient elasticsearch;
    private final IndexedLog indexed;
    private final Duration wait;
    private final int maxRows;
    private final Duration timeout;

    /** No more wait than hold memory, for the others do not ask. */
    private final WaitingBulkhead questions = new WaitingBulkhead(OPEN_QUESTIONS);

    private final ExecutorService tailReads =
            Executors.newFixedThreadPool(TAIL_READS, new DefaultThreadFactory("snapshots", true));

    /** Rows that snapshots may hold, and those that each principal's do. */
    private final int rows;

    private final Map<String, Integer> held = new HashMap<>();
    private int free;

    /** When principals that have their share were refused more, by {@link System#nanoTime}. */
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

    /** Windows that one snapshot may have. */
    int maxRows() {
        return maxRows;
    }

    /** How long one may take. */
    Duration timeout() {
        return timeout;
    }

    /** For how long one may say nothing. */
    Duration maxSilence() {
        return MAX_SILENCE;
    }

    @PreDestroy
    void end() {
        tailReads.shutdownNow();
    }

    /** The result of {@code read}, in its turn, on a thread that may take its time; not called for a client that has gone. */
    Uni<Snapshot> ofTail(Supplier<Snapshot> read) {
        return Uni.createFrom().completionStage(() -> CompletableFuture.supplyAsync(read, tailReads));
    }

    /** Takes memory for so many rows; false when others have it, or the principal has half of it: then the caller comes again a little later. */
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

    /** Whether a snapshot waits for memory that one of the principal has. */
    synchronized boolean wanted(String principal) {
        long recently = System.nanoTime() - RECENTLY_NANOS;
        return lastRefused - recently > 0 || refused.getOrDefault(principal, recently) - recently > 0;
    }

    /** Gives memory back. */
    synchronized void release(int reserved, String principal) {
        free += reserved;
        held.computeIfPresent(principal, (of, rows) -> rows == reserved ? null : rows - reserved);
        if (!held.containsKey(principal)) {
            refused.remove(principal);
        }
    }

    /**
     * The page behind another one; the first one once Elasticsearch shows all that lies below the tail's earliest offsets. In its turn;
     * whatever goes wrong, the snapshot goes on without.
     */
    Uni<Page> page(OlderWindowsQuery wanted, Optional<JsonNode> after) {
        return questions
                .ask(() -> after.isPresent() ? search(wanted, after) : firstPage(wanted))
                .onFailure()
                .recoverWithItem(failure -> {
                    if (!(failure instanceof ProblemException)) {
                        LOG.warnf(failure, "A question for a snapshot failed");
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
