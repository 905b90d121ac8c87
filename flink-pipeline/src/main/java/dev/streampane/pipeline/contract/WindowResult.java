// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.contract.Output.Channel;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * One revision of one pane: what a job found for one key in one window. Contract {@code window-result/v1}, for EARLY ones
 * {@code window-preview/v1}; the Kafka key is the entity key.
 *
 * <p>Of the results of one id the greatest by (complete, generation, rev) is the last word.
 *
 * @param id job, specification, key, start and end; see {@link dev.streampane.contract.WindowId}
 * @param spec the canonical window specification, {@code tumbling(1m)}
 * @param entityKey the device or client; field {@code key} on the wire
 * @param generation the number of the job's run that says this, from 1
 * @param rev 1, 2, 3 … per id and generation; EARLY ones say the last that was published, 0 for none
 * @param complete false when the generation may have begun to read in the middle of this window
 * @param mergedInto the id of the longer session that swallowed this one; null unless that is the cause
 * @param values what people read, in the contract's order
 * @param sums exact sums in scaled units, so that roll-ups over many windows stay exact
 * @param count records that the pane counted
 * @param late how many of them came after their window's end had passed by their own partition's clock
 * @param watermark the operator's watermark when the pane fired; null when there is none
 * @param inputs the provenance
 */
public record WindowResult(
        String id,
        String job,
        String spec,
        String entityKey,
        Window window,
        int generation,
        int rev,
        Status status,
        Cause cause,
        boolean complete,
        String mergedInto,
        List<Value> values,
        List<Sum> sums,
        long count,
        long late,
        Instant minEventTime,
        Instant maxEventTime,
        Instant watermark,
        List<Input> inputs,
        String jobVersion) {

    /** What this revision is to the ones before it. */
    public enum Status {
        /** The first that was said about the window. */
        FINAL,
        /** A later word on a window that had been published. */
        REVISED,
        /** A window that had been published is no more: nothing is in it. */
        RETRACTED,
        /** A look into a window that is not yet complete; goes to another topic and is no revision. */
        EARLY
    }

    /** Why the pane fired. */
    public enum Cause {
        /** The watermark passed the window's end. */
        WATERMARK("watermark"),
        /** A record came within the allowed lateness after the window had been published. */
        LATE_RECORD("late-record"),
        /** As many records as a pane takes had come. */
        COUNT("count"),
        /** RETRACTED: a longer session swallowed it. */
        MERGED("merged"),
        /** EARLY: time to look. */
        PREVIEW("preview");

        private final String text;

        Cause(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /**
     * The window: {@code [start, end)}.
     *
     * @param kind {@code tumbling}, {@code sliding}, {@code session}, {@code calendar} or {@code global}
     * @param number of the pane of a global window; null for all others
     * @param start of a global pane: its first event time
     * @param end of a global pane: its last event time and 1 ms
     * @param zone the calendar's zone; else the job's zone, in which people read the window's times
     */
    public record Window(String kind, Long number, Instant start, Instant end, String zone) {

        /** A window that its times name. */
        public Window(String kind, Instant start, Instant end, String zone) {
            this(kind, null, start, end, zone);
        }
    }

    /**
     * A named number, written with all its decimals, or a named text.
     *
     * @param number null for a text
     * @param text null for a number
     */
    public record Value(String name, BigDecimal number, String text) {

        public Value(String name, BigDecimal number) {
            this(name, number, null);
        }

        public static Value of(String name, String text) {
            return new Value(name, null, text);
        }
    }

    /** A named exact sum in scaled units, written as a decimal string. */
    public record Sum(String name, BigInteger units) {}

    /**
     * Smallest and largest offset that the pane counted from one partition.
     *
     * @param partition null when the pane counted from so many partitions that only the topic is named; then first and last are null
     */
    public record Input(String topic, Integer partition, Long first, Long last) {}

    /** As it is written. */
    public Output output() {
        byte[] value = Json.object(json -> {
            writeIdentity(json);
            writeNumbers(json);
            writeProvenance(json);
        });
        return new Output(
                status == Status.EARLY ? Channel.PREVIEWS : Channel.RESULTS,
                entityKey.getBytes(StandardCharsets.UTF_8),
                value);
    }

    private void writeIdentity(JsonGenerator json) throws IOException {
        json.writeStringField("id", id);
        json.writeStringField("job", job);
        json.writeStringField("spec", spec);
        json.writeStringField("key", entityKey);
        json.writeObjectFieldStart("window");
        json.writeStringField("kind", window.kind());
        if (window.number() != null) {
            json.writeNumberField("number", window.number());
        }
        Json.instant(json, "start", window.start());
        Json.instant(json, "end", window.end());
        json.writeStringField("zone", window.zone());
        json.writeEndObject();
        json.writeNumberField("generation", generation);
        json.writeNumberField("rev", rev);
        json.writeStringField("status", status.name());
        json.writeStringField("cause", cause.text());
        json.writeBooleanField("complete", complete);
        if (mergedInto != null) {
            json.writeStringField("mergedInto", mergedInto);
        }
    }

    private void writeNumbers(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("values");
        for (Value value : values) {
            if (value.text() == null) {
                json.writeNumberField(value.name(), value.number());
            } else {
                json.writeStringField(value.name(), value.text());
            }
        }
        json.writeEndObject();
        json.writeObjectFieldStart("sums");
        for (Sum sum : sums) {
            json.writeStringField(sum.name(), sum.units().toString());
        }
        json.writeEndObject();
        json.writeNumberField("count", count);
        json.writeNumberField("late", late);
    }

    private void writeProvenance(JsonGenerator json) throws IOException {
        Json.instant(json, "minEventTime", minEventTime);
        Json.instant(json, "maxEventTime", maxEventTime);
        Json.instant(json, "watermark", watermark);
        json.writeArrayFieldStart("inputs");
        for (Input input : inputs) {
            json.writeStartObject();
            json.writeStringField("topic", input.topic());
            if (input.partition() != null) {
                json.writeNumberField("partition", input.partition());
                json.writeNumberField("first", input.first());
                json.writeNumberField("last", input.last());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("jobVersion", jobVersion);
    }
}
