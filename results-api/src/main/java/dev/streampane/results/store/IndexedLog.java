// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.ProblemException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows up to which position of the log Elasticsearch's searches show the records.
 *
 * <p>index-results keeps the lowest offset per partition that is not in Elasticsearch yet (index {@code window-positions}). What is indexed
 * becomes visible to searches by a refresh, at the latest after the index's refresh interval. A caller that must not miss records below a
 * position, for example those that the tail no longer holds, asks {@link #shows} first.
 *
 * <p>What was found visible stays visible and is remembered, so that a refresh is requested once per length of the tail, not once per
 * query. The exception is an index that somebody deletes and writes again: the acknowledged positions are then gone or lower. They are
 * therefore read again every few seconds, and the remembered position is dropped.
 */
@ApplicationScoped
public class IndexedLog {

    private static final String INDICES = "window-results,window-history,alerts";
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final int ONE_RECORD = 1;

    /**
     * What was found visible.
     *
     * @param position every record below it is visible
     * @param acknowledged what index-results had acknowledged at the last look
     * @param since when that was, by {@link System#nanoTime}
     */
    private record Progress(TopicPosition position, TopicPosition acknowledged, long since) {
        private boolean isYoungerThan(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    private final SearchClient elasticsearch;
    private final LogReaders readers;
    private final Duration lookAgain;
    private final Map<String, Progress> visible = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> looking = new ConcurrentHashMap<>();

    @Inject
    IndexedLog(SearchClient elasticsearch, LogReaders readers) {
        this(elasticsearch, readers, LOOK_AGAIN);
    }

    IndexedLog(SearchClient elasticsearch, LogReaders readers, Duration lookAgain) {
        this.elasticsearch = elasticsearch;
        this.readers = readers;
        this.lookAgain = lookAgain;
    }

    /**
     * Whether searches show every record of a topic below {@code wanted}, now or within {@code wait}. Looks at least once, also if
     * {@code wait} is zero.
     *
     * <p>Fails with the problem of {@link SearchClient} if Elasticsearch is unavailable.
     */
    public Uni<Boolean> shows(TopicPosition wanted, Duration wait) {
        return isVisible(wanted)
                ? Uni.createFrom().item(true)
                : wait.isZero()
                        ? look(wanted).map(looked -> isVisible(wanted))
                        : shows(wanted, System.nanoTime(), wait.toNanos());
    }

    /**
     * The position up to which a topic is known to be visible. It stays valid longer here than in {@link #shows}, so that it does not
     * expire between the two calls.
     */
    public Optional<TopicPosition> visible(String topic) {
        return Optional.ofNullable(visible.get(topic))
                .filter(known -> known.isYoungerThan(lookAgain.multipliedBy(2)))
                .map(Progress::position);
    }

    /** Looks until the records are visible or {@code wait} is over. A look may refresh the indices, so the pauses grow with the time waited. */
    private Uni<Boolean> shows(TopicPosition wanted, long begun, long wait) {
        if (isVisible(wanted)) {
            return Uni.createFrom().item(true);
        }
        long left = begun + wait - System.nanoTime();
        // a look that takes longer continues for other callers
        Uni<Void> look = left > 0
                ? look(wanted).ifNoItem().after(Duration.ofNanos(left)).recoverWithItem((Void) null)
                : Uni.createFrom().voidItem();
        return look.chain(looked -> {
            if (isVisible(wanted)) {
                return Uni.createFrom().item(true);
            }
            long waited = System.nanoTime() - begun;
            Duration pause = Duration.ofNanos(Math.max(PAUSE.toNanos(), waited / 20));
            return waited > wait
                    ? Uni.createFrom().item(false)
                    : Uni.createFrom().voidItem().onItem().delayIt().by(pause).chain(() -> shows(wanted, begun, wait));
        });
    }

    private boolean isVisible(TopicPosition wanted) {
        Progress known = visible.get(wanted.name());
        return known != null
                && known.isYoungerThan(lookAgain)
                && known.position().reaches(wanted);
    }

    /**
     * Looks once for all concurrent callers. Does not use {@code memoize()}: a caller that subscribes just as the answer arrives may get
     * the item before its subscription, and {@code chain} then takes the next item for the first.
     */
    private Uni<Void> look(TopicPosition wanted) {
        return Uni.createFrom().completionStage(() -> {
            var look = new CompletableFuture<Void>();
            CompletableFuture<Void> before = looking.putIfAbsent(wanted.name(), look);
            if (before != null) {
                return before.copy(); // cancelling a copy does not affect the other callers
            }
            Uni.createFrom()
                    .deferred(() -> acknowledged(wanted))
                    .chain(found -> show(found, wanted))
                    .onTermination()
                    .invoke(() -> looking.remove(wanted.name()))
                    .subscribe()
                    .with(look::complete, look::completeExceptionally);
            return look.copy();
        });
    }

    private Uni<TopicPosition> acknowledged(TopicPosition wanted) {
        ObjectNode body = ResultJson.JSON.createObjectNode();
        ArrayNode ids = body.putArray("ids");
        int partitions = Math.max(wanted.offsets().length, partitions(wanted.name()));
        for (int partition = 0; partition < partitions; partition++) {
            ids.add("position~" + wanted.id() + '~' + partition);
        }
        return elasticsearch.documents("window-positions", body).map(answer -> {
            long[] offsets = new long[partitions];
            Arrays.setAll(offsets, partition -> answer.at("/docs/" + partition + "/_source/offset")
                    .asLong());
            return new TopicPosition(wanted.name(), wanted.id(), offsets);
        });
    }

    private int partitions(String topic) {
        Progress known = visible.get(topic);
        return known == null ? 0 : known.acknowledged().offsets().length;
    }

    /** Makes the acknowledged records visible, unless what is visible already is still valid and reaches {@code wanted}. */
    private Uni<Void> show(TopicPosition acknowledged, TopicPosition wanted) {
        long now = System.nanoTime();
        Optional<TopicPosition> before = Optional.ofNullable(visible.get(wanted.name()))
                .filter(known -> acknowledged.reaches(known.acknowledged()))
                .map(Progress::position);
        if (before.isEmpty()) {
            visible.remove(wanted.name());
        }
        if (before.filter(shown -> shown.reaches(wanted)).isPresent()) {
            visible.put(wanted.name(), new Progress(before.get(), acknowledged, now));
            return Uni.createFrom().voidItem();
        }
        return withoutEmptyEnds(farther(before, acknowledged), wanted)
                .chain(position -> (before.filter(shown -> shown.reaches(position))
                                        .isPresent()
                                ? Uni.createFrom().item(true)
                                : elasticsearch.refresh(INDICES))
                        .invoke(all -> {
                            if (all) {
                                visible.put(wanted.name(), new Progress(position, acknowledged, now));
                            }
                        })
                        .replaceWithVoid());
    }

    /**
     * Moves the position over offsets without records: a partition may end with transaction markers only, which are never acknowledged.
     * Reads whether there is any record between {@code from} and {@code wanted}.
     */
    private Uni<TopicPosition> withoutEmptyEnds(TopicPosition from, TopicPosition wanted) {
        long[] offsets = from.offsets().clone();
        List<Uni<Void>> reads = new ArrayList<>();
        for (int partition = 0; partition < wanted.offsets().length; partition++) {
            int number = partition;
            long end = wanted.offsets()[partition];
            if (offsets[partition] < end) {
                reads.add(readers.read(wanted.name(), partition, offsets[partition], end, ONE_RECORD)
                        .onFailure(ProblemException.class)
                        .recoverWithNull()
                        .invoke(piece -> {
                            if (piece != null && piece.records().isEmpty()) {
                                offsets[number] = piece.next();
                            }
                        })
                        .replaceWithVoid());
            }
        }
        TopicPosition position = new TopicPosition(from.name(), from.id(), offsets);
        return reads.isEmpty()
                ? Uni.createFrom().item(position)
                : Uni.join().all(reads).andFailFast().replaceWith(position);
    }

    private static TopicPosition farther(Optional<TopicPosition> shown, TopicPosition acknowledged) {
        long[] offsets = acknowledged.offsets().clone();
        long[] before = shown.map(known -> known.withPartitions(offsets.length).offsets())
                .orElse(offsets);
        Arrays.setAll(offsets, partition -> Math.max(offsets[partition], before[partition]));
        return new TopicPosition(acknowledged.name(), acknowledged.id(), offsets);
    }
}
