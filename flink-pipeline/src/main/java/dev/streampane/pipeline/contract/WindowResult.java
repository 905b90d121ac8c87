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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * One revision of one pane: what a job found for one key in one window. Contract {@code window-result/v1}, or {@code window-preview/v1} when the
 * status is EARLY; the Kafka key is the entity key.
 *
 * <p>Of the results with the same id, the one with the greatest (complete, generation, rev) counts.
 *
 * @param id job, specification, key, start and end; see {@link dev.streampane.contract.WindowId}
 * @param spec the canonical window specification, {@code tumbling(1m)}
 * @param entityKey the device or client; field {@code key} in JSON
 * @param generation the number of the job's run that wrote this result, from 1
 * @param rev 1, 2, 3 … per id and generation; an EARLY one has the last {@code rev} that was published, 0 if there is none
 * @param complete false when the generation may have started to read in the middle of this window
 * @param mergedInto the id of the longer session that took this one in; null unless the cause is {@link Cause#MERGED}
 * @param values the values for people, in the contract's order
 * @param sums exact sums in scaled units as decimal texts, so that roll-ups over many windows stay exact
 * @param count the number of records that the pane counted
 * @param late how many of them came after their window's end had passed by the clock of their own partition
 * @param watermark the operator's watermark when the pane fired; null when there is none
 * @param inputs the ranges of offsets that the pane counted
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
        @JsonSerialize(using = AsFields.class) List<Value> sums,
        long count,
        long late,
        Instant minEventTime,
        Instant maxEventTime,
        Instant watermark,
        List<Input> inputs,
        String jobVersion) {

    /** How this revision relates to the ones before it. */
    public enum Status {
        /** The first result of the window. */
        FINAL,
        /** A later result of a window that has been published. */
        REVISED,
        /** The window was published earlier and does not exist any more; the result counts no records. */
        RETRACTED,
        /** A preview of a window that is not yet complete. It goes to another topic and is no revision. */
        EARLY
    }

    /** Why the pane fired. */
    public enum Cause {
        /** The watermark passed the window's end. */
        WATERMARK("watermark"),
        /** A record came within the allowed lateness after the window had been published. */
        LATE_RECORD("late-record"),
        /** The pane has as many records as a pane of its specification takes. */
        COUNT("count"),
        /** RETRACTED: a longer session took this one in. */
        MERGED("merged"),
        /** EARLY: the interval between previews has passed. */
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
     * @param number the number of the pane of a global window; null for all other kinds
     * @param start for a global window, the first event time of the pane
     * @param end for a global window, the last event time of the pane plus 1 ms
     * @param zone the zone of a calendar window; for other kinds the job's zone, in which people read the window's times
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
    public record Value(String name, BigDecimal number, String text) {

        public Value(String name, BigDecimal number) {
            this(name, number, null);
        }

        public static Value of(String name, String text) {
            return new Value(name, null, text);
        }
    }

    /**
     * The smallest and the largest offset that the pane counted from one partition.
     *
     * @param partition null when the pane counted from so many partitions that only the topic is named; then first and last are null as well
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Input(String topic, Integer partition, Long first, Long last) {}

    /** The result as a Kafka record. */
    public Output output() {
        return new Output(
                status == Status.EARLY ? Channel.PREVIEWS : Channel.RESULTS,
                entityKey.getBytes(StandardCharsets.UTF_8),
                Json.of(this));
    }

    private static final class AsFields extends JsonSerializer<List<Value>> {

        @Override
        public void serialize(List<Value> fields, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeStartObject();
            for (Value field : fields) {
                if (field.text() == null) {
                    json.writeNumberField(field.name(), field.number());
                } else {
                    json.writeStringField(field.name(), field.text());
                }
            }
            json.writeEndObject();
        }
    }
}
