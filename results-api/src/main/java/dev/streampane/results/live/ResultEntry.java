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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One result or alert as it is in the log, with what is needed to find and pass it on.
 *
 * @param partition partition of the log
 * @param offset offset in the partition
 * @param job the result's {@code job}
 * @param key the result's {@code key}, the alert's {@code client}
 * @param id the result's {@code id}
 * @param generation the result's {@code generation}
 * @param start the result's {@code window.start}, the alert's {@code start}
 * @param end the result's {@code window.end}, the alert's {@code end}
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
    private static final Set<String> TEXTS = Set.of("id", "job");
    private static final Set<String> TIMES = Set.of("start", "end");

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

    /** Reads a result's fields out of {@code value}; nothing when that is no JSON object with them. The log is not trusted. */
    static Optional<ResultEntry> decode(int partition, long offset, byte[] value) {
        return decode(partition, offset, value, "key", "window");
    }

    /** Reads an alert's fields out of {@code value}; nothing when that is no JSON object with them. */
    static Optional<ResultEntry> decodeAlert(int partition, long offset, byte[] value) {
        return decode(partition, offset, value, "client", "");
    }

    /**
     * @param keyField the field of the key
     * @param times the field that holds start and end; empty when they are the object's own
     */
    private static Optional<ResultEntry> decode(
            int partition, long offset, byte[] value, String keyField, String times) {
        if (value == null || value.length > MAX_BYTES) {
            return Optional.empty();
        }
        Map<String, String> texts = new HashMap<>();
        int generation = 0;
        try (JsonParser json = JSON.createParser(value)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                JsonToken token = json.nextToken();
                if (token == JsonToken.START_OBJECT && field.equals(times)) {
                    readTimes(json, texts);
                } else if (token == JsonToken.VALUE_STRING
                        && (TEXTS.contains(field)
                                || field.equals(keyField)
                                || times.isEmpty() && TIMES.contains(field))) {
                    texts.put(field, json.getText());
                } else if (token == JsonToken.VALUE_NUMBER_INT && "generation".equals(field)) {
                    generation = json.getIntValue();
                } else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null
                    || !texts.keySet().containsAll(TEXTS)
                    || !texts.keySet().containsAll(TIMES)
                    || !texts.containsKey(keyField)) {
                return Optional.empty();
            }
            return Optional.of(
                    new ResultEntry(
                            partition,
                            offset,
                            texts.get("job"),
                            texts.get(keyField),
                            texts.get("id"),
                            generation,
                            Instant.parse(texts.get("start")),
                            Instant.parse(texts.get("end")),
                            oneLine(value)));
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** About what the entry takes of the heap. */
    long bytes() {
        return json.length
                + 2L * (job.length() + key.length() + id.length())
                + OBJECT_OVERHEAD_BYTES;
    }

    private static void readTimes(JsonParser json, Map<String, String> texts) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.VALUE_STRING && TIMES.contains(field)) {
                texts.put(field, json.getText());
            } else {
                json.skipChildren();
            }
        }
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
