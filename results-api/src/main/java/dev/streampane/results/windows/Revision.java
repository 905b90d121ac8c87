// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static java.time.ZoneOffset.UTC;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.StoredEntry;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Comparator;
import java.util.Optional;

/**
 * A revision of a window, and where it lies in the log.
 *
 * @param topicId id of the topic that it lies in; a topic that is created again has another one
 */
record Revision(String topicId, TailEntry entry) {

    /** Older revisions first. */
    static final Comparator<Revision> AGE = Comparator.comparingLong((Revision revision) -> revision.entry.generation())
            .thenComparingLong(revision -> Version.of(revision.entry.version()).rev());

    /** Reads a revision from the source of an Elasticsearch hit. */
    static Revision of(JsonNode source) {
        return new Revision(source.at("/log/epoch").asText(), StoredEntry.window(source));
    }

    /** The window's id. */
    String id() {
        return entry.id();
    }

    /** When it was appended; empty where that was not kept. */
    Optional<Instant> appended() {
        return Optional.of(entry.appended())
                .filter(millis -> millis != TailEntry.UNKNOWN)
                .map(Instant::ofEpochMilli);
    }

    /**
     * Whether this, the oldest revision that is kept, is known to be the first of its window. A later generation may make a window again, after
     * index-results has dropped the history of the month of the window's start, which it does a day after the end of that month at the earliest.
     * A global pane may start in another month in each generation.
     *
     * @param keptSince a time since which the window's history has not been dropped
     */
    boolean isFirst(Instant keptSince) {
        return entry.status().equals("FINAL")
                && (entry.generation() == 1
                        || !entry.windowKind().equals("global") && keptSince.isBefore(firstDrop(entry.start())));
    }

    private static Instant firstDrop(Instant start) {
        return YearMonth.from(start.atOffset(UTC))
                .plusMonths(1)
                .atDay(2)
                .atStartOfDay()
                .toInstant(UTC);
    }

    boolean mayBeReadBy(Access access) {
        return access.mayRead(entry.job(), entry.key());
    }

    /**
     * The result with {@code appended} and {@code position}. An {@code asOf} with this position knows this revision of the window and none
     * that came later. The position is null for a revision of an earlier topic of the same name.
     */
    JsonNode withPlace(TopicPosition now) {
        ObjectNode json = ResultJson.of(entry);
        json.put("appended", appended().map(Instant::toString).orElse(null));
        json.put(
                "position",
                topicId.equals(now.id())
                        ? TopicPosition.after(now.name(), topicId, entry.partition(), entry.offset())
                                .toString()
                        : null);
        return json;
    }
}
