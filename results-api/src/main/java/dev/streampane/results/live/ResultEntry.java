// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * One result as it is in the log, with what is needed to find and pass it on.
 *
 * @param partition partition of the log
 * @param offset offset in the partition
 * @param job the result's {@code job}
 * @param key the result's {@code key}
 * @param id the result's {@code id}
 * @param generation the result's {@code generation}
 * @param start the result's {@code window.start}
 * @param end the result's {@code window.end}
 * @param json the value's bytes, without line ends
 */
@SuppressWarnings("ArrayRecordComponent")
record ResultEntry(
        int partition,
        long offset,
        String job,
        String key,
        String id,
        int generation,
        Instant start,
        Instant end,
        byte[] json) {

    /** Larger values are no results. */
    static final int MAX_BYTES = 256 << 10;

    private static final int OBJECT_OVERHEAD_BYTES = 400;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(16)
                                    .maxStringLength(MAX_BYTES)
                                    .maxNumberLength(64)
                                    .maxDocumentLength(MAX_BYTES)
                                    .build())
                    .build();

    /** Reads the fields out of {@code value}; nothing when that is no JSON object with them. The log is not trusted. */
    static Optional<ResultEntry> decode(int partition, long offset, byte[] value) {
        if (value == null || value.length > MAX_BYTES) {
            return Optional.empty();
        }
        String job = null;
        String key = null;
        String id = null;
        int generation = 0;
        Instant[] window = null;
        try (JsonParser json = JSON.createParser(value)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                JsonToken token = json.nextToken();
                if ("window".equals(field) && token == JsonToken.START_OBJECT) {
                    window = window(json);
                } else if (token == JsonToken.VALUE_STRING && "job".equals(field)) {
                    job = json.getText();
                } else if (token == JsonToken.VALUE_STRING && "key".equals(field)) {
                    key = json.getText();
                } else if (token == JsonToken.VALUE_STRING && "id".equals(field)) {
                    id = json.getText();
                } else if (token == JsonToken.VALUE_NUMBER_INT && "generation".equals(field)) {
                    generation = json.getIntValue();
                } else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                return Optional.empty();
            }
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
        if (job == null || key == null || id == null || window == null) {
            return Optional.empty();
        }
        return Optional.of(
                new ResultEntry(
                        partition,
                        offset,
                        job,
                        key,
                        id,
                        generation,
                        window[0],
                        window[1],
                        oneLine(value)));
    }

    /** About what the entry takes of the heap. */
    long bytes() {
        return json.length
                + 2L * (job.length() + key.length() + id.length())
                + OBJECT_OVERHEAD_BYTES;
    }

    private static Instant[] window(JsonParser json) throws IOException {
        Instant start = null;
        Instant end = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken token = json.nextToken();
            if (token == JsonToken.VALUE_STRING && "start".equals(field)) {
                start = Instant.parse(json.getText());
            } else if (token == JsonToken.VALUE_STRING && "end".equals(field)) {
                end = Instant.parse(json.getText());
            } else {
                json.skipChildren();
            }
        }
        return start == null || end == null ? null : new Instant[] {start, end};
    }

    /** In well-formed JSON a raw line end is white space, and it would end the {@code data} line of an event. */
    private static byte[] oneLine(byte[] value) {
        byte[] line = value;
        for (int i = 0; i < value.length; i++) {
            if (value[i] == '\n' || value[i] == '\r') {
                line = line == value ? value.clone() : line;
                line[i] = ' ';
            }
        }
        return line;
    }
}
