// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.problem.ProblemException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of the log Elasticsearch's searches show.
 *
 * <p>index-results keeps per partition the lowest offset that is not in Elasticsearch yet (index {@code window-positions}); what is
 * there becomes visible to searches by a refresh, at the latest after the index's refresh interval. Who must not miss what lies below a
 * position, for example what the tail no longer holds, asks {@link #shows} first. What was found visible stays so, and is remembered:
 * a refresh is asked for once per tail's length, not once per query.
 */
@ApplicationScoped
public class IndexedLog {

    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final int ONE_RECORD = 1;

    private final SearchClient elasticsearch;
    private final LogReaders readers;
    private final Map<String, Position.Topic> visible = new ConcurrentHashMap<>();
    private final Map<String, Uni<Void>> looking = new ConcurrentHashMap<>();

    IndexedLog(SearchClient elasticsearch, LogReaders readers) {
        this.elasticsearch = elasticsearch;
        this.readers = readers;
    }

    /**
     * Whether searches show every record of a topic below {@code wanted}, now or within {@code wait}.
     *
     * <p>Fails with the problem of {@link SearchClient} when Elasticsearch is away.
     */
    public Uni<Boolean> shows(Position.Topic wanted, Duration wait) {
        return shows(wanted, System.nanoTime() + wait.toNanos());
    }

    /** What is known to be visible of a topic. */
    public Optional<Position.Topic> visible(String topic) {
        return Optional.ofNullable(visible.get(topic));
    }

    private Uni<Boolean> shows(Position.Topic wanted, long deadline) {
        if (isVisible(wanted)) {
            return Uni.createFrom().item(true);
        }
        return look(wanted)
                .chain(
                        looked -> {
                            if (isVisible(wanted)) {
                                return Uni.createFrom().item(true);
                            }
                            return System.nanoTime() > deadline
                                    ? Uni.createFrom().item(false)
                                    : Uni.createFrom()
                                            .voidItem()
                                            .onItem()
                                            .delayIt()
                                            .by(PAUSE)
                                            .chain(() -> shows(wanted, deadline));
                        });
    }

    private boolean isVisible(Position.Topic wanted) {
        Position.Topic known = visible.get(wanted.name());
        return known != null && known.reaches(wanted);
    }

    /** Looks once for all who ask at the same time. */
    private Uni<Void> look(Position.Topic wanted) {
        return Uni.createFrom()
                .deferred(
                        () ->
                                looking.computeIfAbsent(
                                        wanted.name(),
                                        topic ->
                                                acknowledged(wanted)
                                                        .chain(this::withoutEmptyEnds)
                                                        .chain(this::refresh)
                                                        .onTermination()
                                                        .invoke(() -> looking.remove(topic))
                                                        .memoize()
                                                        .indefinitely()));
    }

    /**
     * @param acknowledged everything below is in Elasticsearch
     * @param wanted where it should be
     */
    private record Looked(Position.Topic acknowledged, Position.Topic wanted) {}

    private Uni<Looked> acknowledged(Position.Topic wanted) {
        ObjectNode body = ResultJson.JSON.createObjectNode();
        ArrayNode ids = body.putArray("ids");
        for (int partition = 0; partition < wanted.offsets().length; partition++) {
            ids.add("position~" + wanted.id() + '~' + partition);
        }
        return elasticsearch
                .documents("window-positions", body)
                .map(
                        answer -> {
                            long[] offsets = new long[wanted.offsets().length];
                            for (int partition = 0; partition < offsets.length; partition++) {
                                JsonNode document = answer.path("docs").path(partition);
                                offsets[partition] =
                                        document.path("_source").path("offset").asLong(0);
                            }
                            return new Looked(
                                    new Position.Topic(wanted.name(), wanted.id(), offsets),
                                    wanted);
                        });
    }

    /**
     * The ends of partitions may hold nothing but transaction markers, which are never acknowledged: so it is read whether there is a
     * record at all between what is acknowledged and what is wanted.
     */
    private Uni<Position.Topic> withoutEmptyEnds(Looked looked) {
        long[] offsets = looked.acknowledged().offsets();
        List<Uni<Void>> reads = new ArrayList<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            int number = partition;
            long end = looked.wanted().offsets()[partition];
            if (offsets[partition] < end) {
                reads.add(
                        readers.read(
                                        looked.wanted().name(),
                                        partition,
                                        offsets[partition],
                                        end,
                                        ONE_RECORD)
                                .onFailure(ProblemException.class)
                                .recoverWithNull()
                                .invoke(
                                        piece -> {
                                            if (piece != null && piece.records().isEmpty()) {
                                                offsets[number] = piece.next();
                                            }
                                        })
                                .replaceWithVoid());
            }
        }
        return reads.isEmpty()
                ? Uni.createFrom().item(looked.acknowledged())
                : Uni.join().all(reads).andFailFast().replaceWith(looked.acknowledged());
    }

    /** Shows what has been acknowledged since, though it may be less than is wanted: others who wait may want less. */
    private Uni<Void> refresh(Position.Topic acknowledged) {
        Position.Topic known = visible.get(acknowledged.name());
        return known != null && known.reaches(acknowledged)
                ? Uni.createFrom().voidItem()
                : elasticsearch
                        .refresh("window-results,window-history,alerts")
                        .invoke(
                                () ->
                                        visible.merge(
                                                acknowledged.name(),
                                                acknowledged,
                                                IndexedLog::farther));
    }

    /** What was visible stays visible; nothing is known of an earlier life of the topic. */
    private static Position.Topic farther(Position.Topic known, Position.Topic now) {
        if (!known.id().equals(now.id())) {
            return now;
        }
        long[] offsets = known.withPartitions(now.offsets().length).offsets().clone();
        for (int partition = 0; partition < now.offsets().length; partition++) {
            offsets[partition] = Math.max(offsets[partition], now.offsets()[partition]);
        }
        return new Position.Topic(now.name(), now.id(), offsets);
    }
}
