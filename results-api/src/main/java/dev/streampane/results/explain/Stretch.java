// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an audit line (schema audit-line/v1) says about a stretch of one partition: how clock and horizon stood before it, which settings were
 * in force over it, and what became of its rows for one specification. Times are ms since the epoch, {@link #NONE} for none.
 *
 * @param first first offset
 * @param last last offset
 * @param holeFirst whether there was no record at the first offset
 * @param known whether the job had the specification then; else it gave no verdicts for it
 * @param inWindow rows counted in the window that is asked for; -1 where lines do not count by window
 * @param appended when the line was written
 */
record Stretch(
        int generation,
        String topic,
        String topicId,
        int partition,
        long first,
        long last,
        boolean restored,
        boolean holeFirst,
        boolean known,
        long clockBefore,
        long clockAfter,
        long horizonBefore,
        long horizonAfter,
        long outOfOrderness,
        long allowedLateness,
        long skew,
        long counted,
        long late,
        long rejected,
        long heartbeats,
        long inWindow,
        long appended) {

    /** No time. */
    static final long NONE = Long.MIN_VALUE;

    /**
     * The stretch in {@code line}; nothing when it is no line, or one that cannot be read.
     *
     * @param spec the specification that is asked for
     * @param window end of the window that is asked for
     */
    static Optional<Stretch> of(JsonNode line, String spec, Instant window, long appended) {
        if (!line.path("kind").asText().equals("line")) {
            return Optional.empty();
        }
        try {
            JsonNode verdicts = null;
            for (JsonNode found : line.path("specs")) {
                verdicts = found.path("spec").asText().equals(spec) ? found : verdicts;
            }
            JsonNode settings = line.path("settings");
            JsonNode said = verdicts == null ? line.path("none") : verdicts;
            return Optional.of(new Stretch(
                    line.path("generation").asInt(),
                    line.path("topic").asText(),
                    line.path("topicId").asText(),
                    line.path("partition").asInt(-1),
                    offset(line, "first"),
                    offset(line, "last"),
                    line.path("restored").asBoolean(),
                    line.at("/holes/0/0").asLong(-1) == offset(line, "first"),
                    verdicts != null,
                    time(line.path("clockBefore")),
                    time(line.path("clockAfter")),
                    time(said.path("horizonBefore")),
                    time(said.path("horizonAfter")),
                    millis(settings, "outOfOrderness"),
                    millis(settings, "allowedLateness"),
                    millis(settings, "skew"),
                    said.path("counted").asLong(),
                    said.path("late").asLong(),
                    line.path("rejected").asLong(),
                    line.path("heartbeats").asLong(),
                    inWindow(said, spec, window),
                    appended));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static long inWindow(JsonNode verdicts, String spec, Instant window) {
        if (!spec.startsWith("tumbling(") && !spec.startsWith("all:tumbling(")) {
            return -1;
        }
        long counted = 0;
        for (JsonNode one : verdicts.path("windows")) {
            if (Instant.parse(one.path("end").asText()).equals(window)) {
                counted += one.path("counted").asLong();
            }
        }
        return counted;
    }

    private static long offset(JsonNode line, String field) {
        if (!line.path(field).isIntegralNumber()) {
            throw new IllegalArgumentException(field);
        }
        return line.path(field).longValue();
    }

    private static long time(JsonNode text) {
        return text.isTextual() ? Instant.parse(text.asText()).toEpochMilli() : NONE;
    }

    private static long millis(JsonNode settings, String field) {
        return Duration.parse(settings.path(field).asText()).toMillis();
    }

    /** Whether this stretch follows the other: in one generation, or in a later one that went on from its state. */
    boolean goesOnFrom(Stretch before) {
        return before.first <= before.last
                && (before.generation == generation || before.generation < generation && clockBefore != NONE);
    }

    /** This stretch with what {@code rest} tells of it, which has no offsets of its own; else as it is. */
    Stretch and(Stretch rest) {
        if (rest.generation != generation || rest.last != last) {
            return this;
        }
        return new Stretch(
                generation,
                topic,
                topicId,
                partition,
                first,
                last,
                restored,
                holeFirst,
                known,
                clockBefore,
                clockAfter,
                horizonBefore,
                horizonAfter,
                outOfOrderness,
                allowedLateness,
                skew,
                counted + rest.counted,
                late + rest.late,
                rejected + rest.rejected,
                heartbeats + rest.heartbeats,
                inWindow < 0 ? inWindow : inWindow + rest.inWindow,
                Math.max(appended, rest.appended));
    }

    boolean overlaps(Result.Input input) {
        return topic.equals(input.topic())
                && partition == input.partition()
                && first <= input.last()
                && last >= input.first();
    }

    /** The last offset up to which the result's own inputs go in this stretch. */
    long lastNamed(Result result) {
        return result.inputs().stream()
                .filter(this::overlaps)
                .mapToLong(input -> Math.min(last, input.last()))
                .max()
                .orElse(last);
    }

    /** Whether a record of {@code [start, end)} may have been counted here. */
    boolean mayHold(long start, long end) {
        if (inWindow >= 0) {
            return inWindow > 0;
        }
        return known && horizonBefore < end && clockAfter != NONE && clockAfter >= start - Math.max(0, skew);
    }

    long offsets() {
        return last - first + 1;
    }
}
