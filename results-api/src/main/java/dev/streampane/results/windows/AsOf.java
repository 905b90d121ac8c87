// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.util.Optional;

/**
 * A moment in the past, given as a position in the log or as an instant. A revision was known at that moment if it lies below the position,
 * or if it was appended at or before the instant. Everything in an earlier topic of the same name (before it was recreated) lies
 * below every position.
 *
 * @param instant not in the future; empty if a position is given
 * @param place the position in the topic of results; for an instant the first offset of each partition that was appended after it, empty until
 *     they are looked up
 */
record AsOf(Optional<Instant> instant, Optional<TopicPosition> place) {

    static final Parameter<Optional<String>> PARAMETER = Parameter.text("asOf", """
            A position that an answer or an event carried, or an RFC 3339 instant, which is compared with the times of appending to the log;
            neither may be in the future. For a position the answer is always the same, and its `position` is that position. For an instant
            this is so only once the transactions that were open at that instant are closed: a result that was appended before the instant
            and committed later is in later answers, not in earlier ones. Use a position if answers must be repeatable. If the topic was
            deleted and created again, everything in the earlier topic was known before any position of the current one; positions of
            the earlier topic are refused.
            """, Position.MAX_LENGTH);

    private static final Parameter<Optional<Instant>> INSTANT =
            Parameter.instant(PARAMETER.name(), PARAMETER.description());

    /** Reads the parameter {@code asOf}, if it is present. Does not check yet whether the position exists in the topic. */
    static Optional<AsOf> of(Parameters parameters, String topic) {
        Optional<String> text = parameters.get(PARAMETER);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.get().indexOf('~') < 0) {
            Optional<Instant> instant = parameters.get(INSTANT);
            if (instant.isPresent() && instant.get().isAfter(Instant.now())) {
                parameters.refuse(PARAMETER.name(), "is in the future; it is " + Instant.now() + " here");
            }
            return instant.map(time -> new AsOf(instant, Optional.empty()));
        }
        Optional<TopicPosition> place = Position.parse(text.get()).flatMap(position -> position.topic(topic));
        if (place.isEmpty()) {
            parameters.refuse(
                    PARAMETER.name(),
                    "'"
                            + Parameters.shown(text.get())
                            + "' is not a position in "
                            + topic
                            + "; allowed is the position of an answer or event, or an instant");
        }
        return place.map(topicPlace -> new AsOf(Optional.empty(), place));
    }

    AsOf withOffsets(TopicPosition firstAfter) {
        return new AsOf(instant, Optional.of(firstAfter));
    }

    /** The position that was asked for; empty if an instant was. */
    Optional<TopicPosition> position() {
        return instant.isPresent() ? Optional.empty() : place;
    }

    /** Whether a revision was known; for an instant, call it once the offsets are looked up. */
    boolean knows(Revision revision) {
        Optional<Instant> appended = revision.appended();
        return instant.isPresent() && appended.isPresent()
                ? !appended.get().isAfter(instant.get())
                : isBelow(place.orElseThrow(), revision);
    }

    private static boolean isBelow(TopicPosition place, Revision revision) {
        TailEntry entry = revision.entry();
        return !revision.topicId().equals(place.id())
                || entry.partition() < place.offsets().length && entry.offset() < place.offsets()[entry.partition()];
    }

    /** Adds the same condition to the filters of an Elasticsearch search. */
    void filter(ArrayNode filters) {
        ArrayNode any = Clauses.any(filters);
        if (instant.isEmpty()) {
            Clauses.below(any, place.orElseThrow());
            return;
        }
        Clauses.range(any, "log.appended").put("lte", instant.get().toEpochMilli());
        ObjectNode timeless = any.addObject().putObject("bool");
        Clauses.exists(timeless.putArray("must_not"), "log.appended");
        Clauses.below(Clauses.any(timeless.putArray("filter")), place.orElseThrow());
    }
}
