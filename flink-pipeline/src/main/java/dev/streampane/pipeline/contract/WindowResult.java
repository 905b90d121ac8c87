// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
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
        @JsonProperty("key") String entityKey,
        Window window,
        int generation,
        int rev,
        Status status,
        Cause cause,
        boolean complete,
        @JsonInclude(JsonInclude.Include.NON_NULL) String mergedInto,
        @JsonSerialize(using = AsFields.class) List<Value> values,
        @JsonSerialize(using = AsFields.class) List<Sum> sums,
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

        @JsonValue
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
    public record Window(
            String kind,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long number,
            Instant start,
            Instant end,
            String zone) {}

    /**
     * A named number, written with all its decimals, or a named text.
     *
     * @param number null for a text
     * @param text null for a number
     */
    public record Value(String name, BigDecimal number, String text) implements Field {

        public Value(String name, BigDecimal number) {
            this(name, number, null);
        }

        public static Value of(String name, String text) {
            return new Value(name, null, text);
        }

        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            if (text == null) {
                json.writeNumberField(name, number);
            } else {
                json.writeStringField(name, text);
            }
        }
    }

    /** A named exact sum in scaled units, written as a decimal string. */
    public record Sum(String name, BigInteger units) implements Field {

        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeStringField(name, units.toString());
        }
    }

    /**
     * Smallest and largest offset that the pane counted from one partition.
     *
     * @param partition null when the pane counted from so many partitions that only the topic is named; then first and last are null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Input(String topic, Integer partition, Long first, Long last) {}

    /** As it is written. */
    public Output output() {
        return new Output(
                status == Status.EARLY ? Channel.PREVIEWS : Channel.RESULTS,
                entityKey.getBytes(StandardCharsets.UTF_8),
                Json.of(this));
    }

    /** What is a field of an object on the wire. */
    private interface Field {

        void writeTo(JsonGenerator json) throws IOException;
    }

    private static final class AsFields extends JsonSerializer<List<? extends Field>> {

        @Override
        public void serialize(List<? extends Field> fields, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            json.writeStartObject();
            for (Field field : fields) {
                field.writeTo(json);
            }
            json.writeEndObject();
        }
    }
}
