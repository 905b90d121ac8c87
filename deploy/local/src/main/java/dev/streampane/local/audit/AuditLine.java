// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One line of the audit as it was read from the topic.
 *
 * @param key the partition that it speaks of, and who read it
 * @param first first offset, the previous line's last + 1
 * @param last last offset
 * @param holes offsets in between at which the job saw no record, both ends inclusive
 * @param specs verdicts per window specification
 * @param settings what was in force
 * @param writtenAt broker time of the line, milliseconds
 */
public record AuditLine(
        Key key,
        long first,
        long last,
        long records,
        long rows,
        long rejected,
        long heartbeats,
        List<Range> holes,
        List<Spec> specs,
        Optional<Instant> clockBefore,
        Optional<Instant> clockAfter,
        Settings settings,
        long writtenAt) {

    /** Whose line: one partition of one topic as one generation of a job read it. */
    public record Key(String job, int generation, String topic, String topicId, int partition) {}

    /** Offsets, both ends inclusive. */
    public record Range(long from, long to) {
        public long size() {
            return to - from + 1;
        }
    }

    /** Verdicts for one specification. {@code windows}: counted records per window end. */
    public record Spec(
            String spec,
            long counted,
            long late,
            Optional<Instant> horizonBefore,
            Optional<Instant> horizonAfter,
            Map<Instant, Long> windows) {

        boolean tumbling() {
            return isTumbling(spec);
        }

        /** Whether windows of the specification follow one another: only then does a line count per window. */
        static boolean isTumbling(String spec) {
            return spec.startsWith("tumbling(") || spec.startsWith("all:tumbling(");
        }
    }

    /** Whether it has no offsets: more rows of the line that ends where it begins, which told of too many windows. */
    public boolean isRest() {
        return last < first;
    }

    /** The settings in force over a line. */
    public record Settings(List<String> specs, Duration outOfOrderness, Duration allowedLateness, Duration skew) {}

    public static AuditLine parse(JsonNode line, long writtenAt) {
        List<Range> holes = new ArrayList<>();
        line.path("holes")
                .forEach(hole ->
                        holes.add(new Range(hole.get(0).asLong(), hole.get(1).asLong())));
        List<Spec> specs = new ArrayList<>();
        line.path("specs").forEach(spec -> specs.add(spec(spec)));
        return new AuditLine(
                key(line),
                line.path("first").asLong(),
                line.path("last").asLong(),
                line.path("records").asLong(),
                line.path("rows").asLong(),
                line.path("rejected").asLong(),
                line.path("heartbeats").asLong(),
                holes,
                specs,
                instant(line.path("clockBefore")),
                instant(line.path("clockAfter")),
                settings(line.path("settings")),
                writtenAt);
    }

    private static Settings settings(JsonNode settings) {
        List<String> specs = new ArrayList<>();
        settings.path("specs").forEach(spec -> specs.add(spec.asText()));
        return new Settings(
                specs,
                duration(settings.path("outOfOrderness")),
                duration(settings.path("allowedLateness")),
                duration(settings.path("skew")));
    }

    private static Duration duration(JsonNode text) {
        return Duration.parse(text.asText());
    }

    static Key key(JsonNode line) {
        return new Key(
                line.path("job").asText(),
                line.path("generation").asInt(),
                line.path("topic").asText(),
                line.path("topicId").asText(),
                line.path("partition").asInt());
    }

    private static Spec spec(JsonNode spec) {
        Map<Instant, Long> windows = new TreeMap<>();
        spec.path("windows")
                .forEach(window -> windows.merge(
                        Instant.parse(window.path("end").asText()),
                        window.path("counted").asLong(),
                        Long::sum));
        return new Spec(
                spec.path("spec").asText(),
                spec.path("counted").asLong(),
                spec.path("late").asLong(),
                instant(spec.path("horizonBefore")),
                instant(spec.path("horizonAfter")),
                windows);
    }

    private static Optional<Instant> instant(JsonNode text) {
        return text.isTextual() ? Optional.of(Instant.parse(text.asText())) : Optional.empty();
    }
}
