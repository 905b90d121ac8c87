// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a job says about a stretch of one partition (schema audit-line/v1), as far as it is added up here.
 *
 * @param key whose books
 * @param first first offset of the stretch
 * @param last last offset of the stretch
 * @param records records that Intake saw
 * @param rows rows in them
 * @param rejected rows that were refused
 * @param heartbeats heartbeats among them
 * @param unguarded rows whose event time could not be held against an append time
 * @param holes offset ranges, both ends inclusive, at which Intake saw no record
 * @param specs verdicts per window specification
 * @param clockAfter the partition's clock behind the stretch; null when it has none yet
 */
record AuditLine(
        PartitionKey key,
        long first,
        long last,
        long records,
        long rows,
        long rejected,
        long heartbeats,
        long unguarded,
        List<Hole> holes,
        List<Verdicts> specs,
        Instant clockAfter) {

    /**
     * Offsets at which Intake saw no record.
     *
     * @param from first of them
     * @param to last of them
     */
    record Hole(long from, long to) {
        long offsets() {
            return to - from + 1;
        }
    }

    /**
     * Verdicts for one window specification.
     *
     * @param spec the specification
     * @param counted rows that were counted
     * @param late rows that came too late
     * @param horizonAfter the horizon behind the stretch; null when there is none yet
     */
    record Verdicts(String spec, long counted, long late, Instant horizonAfter) {}

    /** The line in {@code json}; nothing when it is no line, or one that cannot be read. */
    static Optional<AuditLine> of(JsonNode json) {
        if (!json.path("kind").asText().equals("line")) {
            return Optional.empty();
        }
        try {
            List<Hole> holes = new ArrayList<>();
            json.path("holes")
                    .forEach(hole -> holes.add(
                            new Hole(hole.path(0).asLong(), hole.path(1).asLong())));
            List<Verdicts> specs = new ArrayList<>();
            for (JsonNode spec : json.path("specs")) {
                specs.add(new Verdicts(
                        spec.path("spec").asText(),
                        spec.path("counted").asLong(),
                        spec.path("late").asLong(),
                        JobRun.instant(spec.path("horizonAfter"))));
            }
            return Optional.of(new AuditLine(
                    key(json),
                    number(json, "first"),
                    number(json, "last"),
                    number(json, "records"),
                    number(json, "rows"),
                    number(json, "rejected"),
                    number(json, "heartbeats"),
                    json.path("unguarded").asLong(),
                    holes,
                    specs,
                    JobRun.instant(json.path("clockAfter"))));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whose books {@code json} is about. */
    static PartitionKey key(JsonNode json) {
        return new PartitionKey(
                json.path("job").asText(),
                json.path("generation").asInt(),
                json.path("topic").asText(),
                json.path("topicId").asText(),
                (int) number(json, "partition"));
    }

    private static long number(JsonNode json, String field) {
        JsonNode number = json.path(field);
        if (!number.isIntegralNumber()) {
            throw new IllegalArgumentException(field);
        }
        return number.asLong();
    }
}
