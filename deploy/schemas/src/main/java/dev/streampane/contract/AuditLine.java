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
 * <p>Invariants: the lines of one {@link Key} are contiguous when ordered by {@code first}; {@code last - first + 1 = records + holes}; for
 * each specification {@code rows = counted + late + rejected + heartbeats}. A line without offsets ({@code last = first - 1}) continues the
 * line that ends there: it holds more rows of that line ({@link #parts}).
 *
 * @param key the job, generation and partition of the line
 * @param records number of Kafka records that were read
 * @param rows number of rows in those records; a heartbeat or an undecodable message is one row
 * @param unguarded rows without an append time, for which the check for future event times is off
 * @param holes offset ranges in {@code [first, last]} without a record
 * @param clockBefore the partition's clock before {@code first}
 * @param clockAfter the partition's clock after {@code last}
 * @param restored true if the line was open in the state that the job was restored from
 * @param readBy the older generation that read the line's offsets, if this generation restored the line from that generation's state; else
 *     empty
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

    /** One partition of one topic, as read by one generation of a job. */
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

    /** Offsets {@code from} to {@code to}, both inclusive; in JSON an array of two numbers. */
    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record OffsetRange(long from, long to) {

        /** The number of offsets. */
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

        /** Whether lines count rows per window for this specification. */
        public boolean isPerWindow() {
            return isPerWindow(spec);
        }

        /** Whether lines count rows per window for {@code spec}: only for tumbling specifications. */
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

    /** Number of rows counted into the window that ends at {@code end}. */
    public record WindowCount(Instant end, long counted) {

        private static WindowCount read(JsonNode json) {
            return new WindowCount(Fields.instant(json, "end"), Fields.number(json, "counted"));
        }
    }

    /** The settings with which the job read the records of the line. */
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

    /** Reads the line from a message of the topic; empty if the message is not a line or cannot be read. */
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

    /** Whether {@code key} is the Kafka key of a line or a correction of {@code job}. */
    public static boolean isKeyOf(String job, byte[] key) {
        byte[] prefix = (job + '/').getBytes(StandardCharsets.UTF_8);
        return key.length > prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    public byte[] json() {
        return Json.of(this);
    }

    /** Whether the line has no offsets: it then holds more rows of the line that ends where it begins. */
    public boolean isRest() {
        return last < first;
    }

    /** Whether the line shows that the generation started from state. Call it only on the first line of a partition. */
    public boolean goesOn() {
        return clockBefore.isPresent() || readBy.isPresent();
    }

    /**
     * The line as it is written after a restore.
     *
     * @param generation the restored generation, which writes the line
     * @param reader the generation that wrote the state
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
     * Splits the line so that no part has more than {@value AuditLineParts#MAX_WINDOWS} windows, which keeps every message small. The first
     * part has the offsets and a part of the rows; the others have no offsets and the rest of the rows. The audit's sums hold for each
     * part.
     */
    public List<AuditLine> parts() {
        return AuditLineParts.of(this);
    }
}
