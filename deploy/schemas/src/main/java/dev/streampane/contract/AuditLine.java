// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@code Intake} did with the offsets {@code first} to {@code last} of one partition. Contract {@code audit-line/v1}, kind
 * {@code line}.
 *
 * <p>The audit: lines of one {@link Key} are contiguous when ordered by {@code first}; {@code last - first + 1 = records + holes}; {@code
 * rows = counted + late + rejected + heartbeats} for each specification. A line of no offsets, {@code last = first - 1}, goes on with the
 * line that ends there: it has more of that one's rows ({@link #parts}).
 *
 * @param key whose line
 * @param records Kafka records that were seen
 * @param rows rows in them; a heartbeat or an undecodable message is one row
 * @param unguarded rows without an append time, for which the guard against future times is off
 * @param holes offset ranges in {@code [first, last]} at which no record was seen
 * @param clockBefore the partition's clock before {@code first}
 * @param restored true when the line was open in the state that the job was restored from
 * @param readBy the older generation that read the line's offsets, whose state this one began with and had the line open; none for its own
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonTypeName(AuditLine.KIND)
public record AuditLine(
        @JsonUnwrapped Key key,
        long first,
        long last,
        long records,
        long rows,
        long rejected,
        long heartbeats,
        long unguarded,
        List<OffsetRange> holes,
        List<SpecCounts> specs,
        Optional<Instant> clockBefore,
        Optional<Instant> clockAfter,
        boolean restored,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Integer> readBy,
        Settings settings) {

    static final String KIND = "line";

    /** One partition of one topic as one generation of a job read it. */
    public record Key(String job, int generation, String topic, String topicId, int partition) {

        static Key read(JsonNode json) {
            return new Key(
                    Fields.text(json, "job"),
                    Fields.small(json, "generation"),
                    Fields.text(json, "topic"),
                    Fields.text(json, "topicId"),
                    Fields.small(json, "partition"));
        }
    }

    /** Offsets {@code from} to {@code to}, both inclusive; an array of two on the wire. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record OffsetRange(long from, long to) {

        /** How many offsets. */
        public long size() {
            return to - from + 1;
        }

        private static OffsetRange read(JsonNode json) {
            if (json.size() != 2
                    || !json.get(0).isIntegralNumber()
                    || !json.get(1).isIntegralNumber()) {
                throw new IllegalArgumentException("holes: " + json);
            }
            return new OffsetRange(json.get(0).longValue(), json.get(1).longValue());
        }
    }

    /**
     * The verdicts for one window specification.
     *
     * @param horizonBefore the horizon before {@code first}
     * @param windows counted rows per window end, in order; only for tumbling specifications
     */
    public record SpecCounts(
            String spec,
            long counted,
            long late,
            Optional<Instant> horizonBefore,
            Optional<Instant> horizonAfter,
            List<WindowCount> windows) {

        /** Whether lines count the rows of each window. */
        public boolean isPerWindow() {
            return isPerWindow(spec);
        }

        /** Whether lines count the rows of each window of that specification: only where windows follow one another. */
        public static boolean isPerWindow(String spec) {
            return WindowSpecParser.find(spec)
                    .filter(WindowSpec.Tumbling.class::isInstance)
                    .isPresent();
        }

        private static SpecCounts read(JsonNode json) {
            return new SpecCounts(
                    Fields.text(json, "spec"),
                    Fields.number(json, "counted"),
                    Fields.number(json, "late"),
                    Fields.optionalInstant(json, "horizonBefore"),
                    Fields.optionalInstant(json, "horizonAfter"),
                    Fields.list(json, "windows", WindowCount::read));
        }
    }

    /** Rows counted into the window that ends at {@code end}. */
    public record WindowCount(Instant end, long counted) {

        private static WindowCount read(JsonNode json) {
            return new WindowCount(Fields.instant(json, "end"), Fields.number(json, "counted"));
        }
    }

    /** The settings in force. */
    public record Settings(
            List<String> specs, Duration outOfOrderness, Duration allowedLateness, Duration skew, String jobVersion) {

        private static Settings read(JsonNode json) {
            return new Settings(
                    Fields.optionalTexts(json, "specs"),
                    Fields.duration(json, "outOfOrderness"),
                    Fields.duration(json, "allowedLateness"),
                    Fields.duration(json, "skew"),
                    Fields.optionalText(json, "jobVersion"));
        }
    }

    /** The line in a message of the topic; nothing when it is no line, or one that cannot be read. */
    public static Optional<AuditLine> read(JsonNode json) {
        if (!json.path("kind").asText().equals(KIND)) {
            return Optional.empty();
        }
        return Fields.find(() -> new AuditLine(
                Key.read(json),
                Fields.number(json, "first"),
                Fields.number(json, "last"),
                Fields.number(json, "records"),
                Fields.number(json, "rows"),
                Fields.number(json, "rejected"),
                Fields.number(json, "heartbeats"),
                Fields.number(json, "unguarded"),
                Fields.list(json, "holes", OffsetRange::read),
                Fields.list(json, "specs", SpecCounts::read),
                Fields.optionalInstant(json, "clockBefore"),
                Fields.optionalInstant(json, "clockAfter"),
                Fields.bool(json, "restored"),
                Fields.optionalSmall(json, "readBy"),
                Settings.read(json.path("settings"))));
    }

    /** The Kafka key of lines and corrections: {@code job/topic/partition}. */
    public static byte[] messageKey(String job, String topic, int partition) {
        return (job + '/' + topic + '/' + partition).getBytes(StandardCharsets.UTF_8);
    }

    public byte[] messageKey() {
        return messageKey(key.job(), key.topic(), key.partition());
    }

    /** Whether a Kafka key is that of a line or a correction of the job. */
    public static boolean isKeyOf(String job, byte[] key) {
        byte[] prefix = (job + '/').getBytes(StandardCharsets.UTF_8);
        return key.length > prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    public byte[] json() {
        return Json.of(this);
    }

    /** Whether it has no offsets: more rows of the line that ends where it begins. */
    public boolean isRest() {
        return last < first;
    }

    /** Whether it shows that the generation went on from state, where it is the first of its partition. */
    public boolean goesOn() {
        return clockBefore.isPresent() || readBy.isPresent();
    }

    /**
     * The line as it goes out after a restore.
     *
     * @param generation the one that was restored into
     * @param reader the one that wrote the state
     */
    public AuditLine restoredBy(int generation, int reader) {
        return new AuditLine(
                new Key(key.job(), generation, key.topic(), key.topicId(), key.partition()),
                first,
                last,
                records,
                rows,
                rejected,
                heartbeats,
                unguarded,
                holes,
                specs,
                clockBefore,
                clockAfter,
                true,
                reader == generation ? Optional.empty() : Optional.of(reader),
                settings);
    }

    /**
     * The line in as many as it takes so that none has more than {@value AuditLineParts#MAX_WINDOWS} windows, which makes it a small message whatever a
     * record held: itself with a part of its rows, then lines of no offsets with the others. The audit's sums hold for each of them.
     */
    public List<AuditLine> parts() {
        return AuditLineParts.of(this);
    }
}
