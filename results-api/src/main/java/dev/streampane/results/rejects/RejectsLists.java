// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.rejects.RejectsScan.Bounds;
import dev.streampane.results.rejects.RejectsScan.Page;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Reads pages of dead letters, late records and inputs' records from Kafka, within limits.
 *
 * <p>All pages of a list show the topic as it was at the first page, each record once and in order. A page that a limit ended has
 * {@code truncated} and {@code scannedTo}; its {@code next} continues where the reading stopped.
 */
@Singleton
record RejectsLists(LogReaders readers, ResultsConfig config) {

    /** The page of {@code query}; an empty one if the topic does not exist. A caller waits only for its own reads, not for those of others. */
    Uni<String> page(RejectsQuery query, Access access) {
        LogReaders own = readers.of(access.name());
        ResultsConfig.Rejects limits = config.rejects();
        Bounds bounds = new Bounds(limits.maxScan(), limits.maxScanBytes().asLongValue(), limits.timeout());
        String topic =
                switch (query.kind()) {
                    case DEAD_LETTER -> config.deadLettersTopic();
                    case LATE -> config.lateTopic();
                    case INPUT -> query.topic().orElseThrow();
                };
        return own.layout(topic)
                .emitOn(Infrastructure.getDefaultExecutor())
                .chain(layout -> layout.partitions() == 0
                        ? Uni.createFrom().item(empty(query))
                        : page(query, layout, own, bounds))
                .ifNoItem()
                .after(bounds.time().multipliedBy(2))
                .fail()
                .onFailure(TimeoutException.class)
                .transform(this::unavailable);
    }

    private Uni<String> page(RejectsQuery query, TopicLayout topic, LogReaders own, Bounds bounds) {
        RejectItems items = new RejectItems(query);
        return place(query, topic, own).chain(place -> new RejectsScan(
                        own, topic.name(), place.within(topic), query.ascending(), query.limit(), bounds, items::of)
                .page()
                .map(found -> json(query, found, place.hasExpired(topic))));
    }

    private Uni<RejectsPlace> place(RejectsQuery query, TopicLayout topic, LogReaders own) {
        if (query.after().isPresent()) {
            return Uni.createFrom().item(after(query.after().get(), topic));
        }
        return bound(query.from(), topic.beginnings(), topic, own)
                .chain(from -> bound(query.to(), topic.ends(), topic, own)
                        .map(to -> query.within(RejectsPlace.of(topic.topicId(), from, to))));
    }

    /**
     * The offsets at {@code time}, else {@code otherwise}. Append times are whole milliseconds, so a bound that is rounded up selects the
     * same records.
     */
    private Uni<long[]> bound(Optional<Instant> time, long[] otherwise, TopicLayout topic, LogReaders own) {
        return time.map(instant -> instant.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS))
                .map(instant -> own.offsetsAt(topic, instant).emitOn(Infrastructure.getDefaultExecutor()))
                .orElseGet(() -> Uni.createFrom().item(otherwise));
    }

    private static RejectsPlace after(RejectsPlace place, TopicLayout topic) {
        if (!place.topicId().equals(topic.topicId())) {
            throw ProblemException.invalid(
                    "after", "belongs to a topic that was deleted or recreated; start again without it");
        }
        if (place.ranges().size() > topic.partitions()) {
            throw ProblemException.invalid("after", Parameters.NO_CURSOR);
        }
        return place;
    }

    private Throwable unavailable(Throwable timeout) {
        return ProblemException.unavailable(
                ProblemType.LOG_UNAVAILABLE,
                "Kafka does not answer in time.",
                config.query().retryAfter());
    }

    private static String empty(RejectsQuery query) {
        return json(query, new Page(List.of(), new RejectsPlace("none", List.of()), Optional.empty()), false);
    }

    private static String json(RejectsQuery query, Page found, boolean expired) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode items = page.putArray("items");
        found.items().forEach(reject -> items.add(reject.json()));
        String next = found.rest().isEmpty()
                ? null
                : QueryCursor.encode(query.fingerprint(), found.rest().toString());
        page.put("next", next);
        page.put("truncated", next != null || expired);
        page.put("scannedTo", found.scannedTo().map(Instant::toString).orElse(null));
        if (expired) {
            page.put("reason", "the oldest records of this list were deleted since its first page");
        }
        return SafeJson.of(page.toString());
    }
}
