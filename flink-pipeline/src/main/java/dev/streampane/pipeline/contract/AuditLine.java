// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What {@code Intake} did with the offsets {@code first} to {@code last} of one partition. Contract {@code audit-line/v1}, kind
 * {@code line}; the Kafka key is {@code job/topic/partition}.
 *
 * <p>The books: lines of one (job, generation, topic id, partition) are contiguous when ordered by {@code first}; {@code last - first + 1
 * = records + holes}; {@code rows = counted + late + rejected + heartbeats} for each specification. A line of no offsets, {@code last =
 * first - 1}, goes on with the line that ends there: it tells of more of that one's rows ({@link #parts}).
 *
 * @param records Kafka records that were seen
 * @param rows rows in them; a heartbeat or an undecodable message is one row
 * @param unguarded rows without an append time, for which the guard against future times is off
 * @param holes offset ranges in {@code [first, last]} at which no record was seen
 * @param clockBefore the partition's clock before {@code first}; null when it had none
 * @param restored true when the line was open in the state that the job was restored from
 */
public record AuditLine(
        String job,
        int generation,
        String topic,
        String topicId,
        int partition,
        long first,
        long last,
        long records,
        long rows,
        long rejected,
        long heartbeats,
        long unguarded,
        List<OffsetRange> holes,
        List<SpecCounts> specs,
        Instant clockBefore,
        Instant clockAfter,
        boolean restored,
        Settings settings)
        implements Output {

    /** Some 60 bytes each at most; a message of some other 20 KB is then well below 64 KB. */
    private static final int MAX_WINDOWS = 640;

    /** Offsets {@code from} to {@code to}, both inclusive; an array of two on the wire. */
    public record OffsetRange(long from, long to) {}

    /**
     * The verdicts for one window specification.
     *
     * @param horizonBefore the horizon before {@code first}; null when there was none
     * @param windows counted rows per window end, in order; only for tumbling specifications
     */
    public record SpecCounts(
            String spec,
            long counted,
            long late,
            Instant horizonBefore,
            Instant horizonAfter,
            List<WindowCount> windows) {

        /** After how many rows each of its windows is told of, where the late rows come last. */
        private LongStream borders() {
            long[] row = {0};
            return windows.stream().mapToLong(window -> row[0] += window.counted());
        }

        private SpecCounts upTo(long row) {
            return rows(0, row, horizonBefore);
        }

        private SpecCounts from(long row) {
            return rows(row, Long.MAX_VALUE, horizonAfter);
        }

        private SpecCounts rows(long from, long to, Instant horizon) {
            var within = new ArrayList<WindowCount>();
            long row = 0;
            for (WindowCount window : windows) {
                long rows = overlap(row, row + window.counted(), from, to);
                if (rows > 0) {
                    within.add(new WindowCount(window.end(), rows));
                }
                row += window.counted();
            }
            return new SpecCounts(
                    spec,
                    overlap(0, counted, from, to),
                    overlap(counted, counted + late, from, to),
                    horizon,
                    horizonAfter,
                    within);
        }

        private static long overlap(long start, long end, long from, long to) {
            return Math.max(0, Math.min(end, to) - Math.max(start, from));
        }
    }

    /** Rows counted into the window that ends at {@code end}. */
    public record WindowCount(Instant end, long counted) {}

    /**
     * The settings in force.
     *
     * @param outOfOrderness ISO-8601 duration, as the other two
     */
    public record Settings(
            List<String> specs, String outOfOrderness, String allowedLateness, String skew, String jobVersion) {}

    /** The line as it goes out after a restore, by the generation that was restored into. */
    public AuditLine restoredBy(int restoredGeneration) {
        return new AuditLine(
                job,
                restoredGeneration,
                topic,
                topicId,
                partition,
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
                settings);
    }

    /**
     * The line in as many as it takes so that none tells of more than {@value #MAX_WINDOWS} windows, which makes it a small message whatever
     * a record held: itself with a part of its rows, then lines of no offsets with the others. The books hold for each of them.
     */
    public List<AuditLine> parts() {
        long[] borders =
                specs.stream().flatMapToLong(SpecCounts::borders).sorted().toArray();
        if (borders.length <= MAX_WINDOWS) {
            return List.of(this);
        }
        long middle = borders[borders.length / 2];
        long rowsBefore = middle + rejected + heartbeats;
        long unguardedBefore = Math.min(unguarded, rowsBefore);
        AuditLine before = new AuditLine(
                job,
                generation,
                topic,
                topicId,
                partition,
                first,
                last,
                records,
                rowsBefore,
                rejected,
                heartbeats,
                unguardedBefore,
                holes,
                specs.stream().map(spec -> spec.upTo(middle)).toList(),
                clockBefore,
                clockAfter,
                restored,
                settings);
        AuditLine after = new AuditLine(
                job,
                generation,
                topic,
                topicId,
                partition,
                last + 1,
                last,
                0,
                rows - rowsBefore,
                0,
                0,
                unguarded - unguardedBefore,
                List.of(),
                specs.stream().map(spec -> spec.from(middle)).toList(),
                clockAfter,
                clockAfter,
                restored,
                settings);
        return Stream.of(before, after).flatMap(part -> part.parts().stream()).toList();
    }

    @Override
    public Channel channel() {
        return Channel.AUDIT;
    }

    @Override
    public byte[] key() {
        return key(job, topic, partition);
    }

    static byte[] key(String job, String topic, int partition) {
        return (job + '/' + topic + '/' + partition).getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON of contract {@code audit-line/v1}. */
    @Override
    public byte[] value() {
        return Json.object(json -> {
            json.writeStringField("kind", "line");
            json.writeStringField("job", job);
            json.writeNumberField("generation", generation);
            json.writeStringField("topic", topic);
            json.writeStringField("topicId", topicId);
            json.writeNumberField("partition", partition);
            json.writeNumberField("first", first);
            json.writeNumberField("last", last);
            json.writeNumberField("records", records);
            json.writeNumberField("rows", rows);
            json.writeNumberField("rejected", rejected);
            json.writeNumberField("heartbeats", heartbeats);
            json.writeNumberField("unguarded", unguarded);
            writeHoles(json);
            writeSpecs(json);
            Json.instant(json, "clockBefore", clockBefore);
            Json.instant(json, "clockAfter", clockAfter);
            json.writeBooleanField("restored", restored);
            writeSettings(json);
        });
    }

    private void writeHoles(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("holes");
        for (OffsetRange hole : holes) {
            json.writeArray(new long[] {hole.from(), hole.to()}, 0, 2);
        }
        json.writeEndArray();
    }

    private void writeSpecs(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("specs");
        for (SpecCounts counts : specs) {
            json.writeStartObject();
            json.writeStringField("spec", counts.spec());
            json.writeNumberField("counted", counts.counted());
            json.writeNumberField("late", counts.late());
            Json.instant(json, "horizonBefore", counts.horizonBefore());
            Json.instant(json, "horizonAfter", counts.horizonAfter());
            json.writeArrayFieldStart("windows");
            for (WindowCount window : counts.windows()) {
                json.writeStartObject();
                Json.instant(json, "end", window.end());
                json.writeNumberField("counted", window.counted());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeSettings(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("settings");
        Json.strings(json, "specs", settings.specs());
        json.writeStringField("outOfOrderness", settings.outOfOrderness());
        json.writeStringField("allowedLateness", settings.allowedLateness());
        json.writeStringField("skew", settings.skew());
        json.writeStringField("jobVersion", settings.jobVersion());
        json.writeEndObject();
    }
}
