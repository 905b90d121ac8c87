// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.streampane.contract.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One result, alert or count of a word as it is in the log, with what is needed to find and pass it on. What the store has of it is one, too.
 *
 * @param number its place in the order in which this process read all topics; -1 until it is in the tail
 * @param kind what it is
 * @param topic its topic; empty in the store
 * @param partition partition of its topic
 * @param offset offset in the partition
 * @param appended when the broker took it, in ms since 1970; {@link #UNKNOWN} in the store for what was indexed before that was kept
 * @param job the {@code job}; {@code word-count} of counts
 * @param spec the result's {@code spec}; empty of others
 * @param windowKind the result's {@code window.kind}; empty of others
 * @param key the result's {@code key}, the alert's {@code client}, the word
 * @param id the {@code id}; of counts the word
 * @param generation the {@code generation}; 0 of counts
 * @param version which revision of an id is newer: complete before generation before rev, as in Elasticsearch
 * @param status the result's {@code status}; empty of others
 * @param start {@code window.start} or {@code start}; of counts the time of appending
 * @param end {@code window.end} or {@code end}; of counts the time of appending
 * @param json the value's bytes, without line ends; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record TailEntry(
        long number,
        Kind kind,
        String topic,
        int partition,
        long offset,
        long appended,
        String job,
        String spec,
        String windowKind,
        String key,
        String id,
        int generation,
        long version,
        String status,
        Instant start,
        Instant end,
        byte[] json) {

    /** What an entry is; its event's name is {@link #event}. */
    public enum Kind {
        /** A window result, contract window-result/v1. */
        WINDOW("window", "key", "id", Set.of("id", "job", "key", "spec", "status", "kind", "start", "end")),
        /** An alert, contract alert/v1. */
        ALERT("alert", "client", "id", Set.of("id", "job", "client", "start", "end")),
        /** A row of the changelog of counts, contract word-count/v1. */
        WORD("word", "word", "word", Set.of("op", "word"));

        private final String event;
        private final String key;
        private final String id;
        private final Set<String> required;

        Kind(String event, String key, String id, Set<String> required) {
            this.event = event;
            this.key = key;
            this.id = id;
            this.required = required;
        }

        /** Name of the server-sent events that carry it. */
        public String event() {
            return event;
        }
    }

    /** Larger values are no results. */
    public static final int MAX_BYTES = 256 << 10;

    /** A time that was not kept. */
    public static final long UNKNOWN = -1;

    private static final int OBJECT_OVERHEAD_BYTES = 600;

    private static final int MAX_NUMBER_LENGTH = 64;

    /** What is read inside {@code window}, and nowhere else of a result. */
    private static final Set<String> OF_WINDOW = Set.of("kind", "start", "end");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(MAX_BYTES)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxDocumentLength(MAX_BYTES)
                    .build())
            .build();

    /** Reads a record's fields out of its value; nothing when that is no JSON object with them. The log is not trusted. */
    public static Optional<TailEntry> decode(Kind kind, ConsumerRecord<byte[], byte[]> found) {
        byte[] value = found.value();
        if (value == null || value.length > MAX_BYTES) {
            return Optional.empty();
        }
        Fields fields = new Fields();
        try (JsonParser json = parser(value)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            fields.read(json, kind == Kind.WINDOW ? name -> !OF_WINDOW.contains(name) : name -> !name.equals("window"));
            return json.nextToken() == null && fields.texts.keySet().containsAll(kind.required)
                    ? Optional.of(of(kind, found, fields))
                    : Optional.empty();
        } catch (IOException | DateTimeException | ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Reads UTF-8 alone; left to itself the parser finds out the encoding, and takes what clients could not read. */
    private static JsonParser parser(byte[] utf8) throws IOException {
        CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        return JSON.createParser(text.array(), 0, text.length());
    }

    private static TailEntry of(Kind kind, ConsumerRecord<byte[], byte[]> found, Fields fields) {
        Map<String, String> texts = fields.texts;
        boolean window = kind == Kind.WINDOW;
        boolean word = kind == Kind.WORD;
        Instant appended = Instant.ofEpochMilli(found.timestamp());
        return new TailEntry(
                -1,
                kind,
                found.topic().intern(),
                found.partition(),
                found.offset(),
                found.timestamp(),
                word ? "word-count" : texts.get("job").intern(),
                window ? texts.get("spec").intern() : "",
                window ? texts.get("kind").intern() : "",
                texts.get(kind.key),
                texts.get(kind.id),
                word ? 0 : fields.generation,
                switch (kind) {
                    case WINDOW -> new Version(fields.complete, fields.generation, fields.rev).number();
                    case ALERT -> new Version(true, fields.generation, 1).number();
                    case WORD -> found.offset();
                },
                window ? texts.get("status").intern() : "",
                word ? appended : instant(texts.get("start")),
                word ? appended : instant(texts.get("end")),
                oneLine(found.value()));
    }

    /** In milliseconds, which have less room than years. */
    private static Instant instant(String text) {
        return Instant.ofEpochMilli(Instant.parse(text).toEpochMilli());
    }

    TailEntry numbered(long place) {
        return new TailEntry(
                place,
                kind,
                topic,
                partition,
                offset,
                appended,
                job,
                spec,
                windowKind,
                key,
                id,
                generation,
                version,
                status,
                start,
                end,
                json);
    }

    /** Its place among the entries of its job. */
    public TailIndex.Row row() {
        return new TailIndex.Row(start, id);
    }

    /** The one of the higher version; this one where both are of the same. */
    public TailEntry newer(TailEntry other) {
        return other.version > version ? other : this;
    }

    /** What it is one of. */
    public Series series() {
        return new Series(job, spec, key);
    }

    /** Whether the job had read everything that belongs to the window. */
    public boolean complete() {
        return Version.isComplete(version);
    }

    /** About what the entry takes of the heap, with its places in the indices of the tail. */
    public long bytes() {
        return json.length + 2L * (key.length() + id.length()) + OBJECT_OVERHEAD_BYTES;
    }

    /** The fields of a value that are looked at. */
    private static final class Fields {
        private final Map<String, String> texts = new HashMap<>();
        private boolean complete;
        private int generation;
        private long rev;

        private void read(JsonParser json, Predicate<String> wanted) throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                JsonToken token = json.nextToken();
                if (!wanted.test(field)) {
                    skip(json);
                } else if (token == JsonToken.VALUE_STRING) {
                    texts.put(field, json.getText());
                } else if (token == JsonToken.START_OBJECT && field.equals("window")) {
                    read(json, OF_WINDOW::contains);
                } else if (token == JsonToken.VALUE_TRUE) {
                    complete |= field.equals("complete");
                } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("generation")) {
                    generation = json.getIntValue();
                } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("rev")) {
                    rev = json.getLongValue();
                } else {
                    skip(json);
                }
            }
        }

        /** Goes to the end of a value. A number whose exponent says more than its digits could takes all memory when it is added. */
        private static void skip(JsonParser json) throws IOException {
            int depth = 0;
            while (true) {
                JsonToken token = json.currentToken();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.VALUE_NUMBER_FLOAT
                        && Math.abs(json.getDecimalValue().scale()) > MAX_NUMBER_LENGTH) {
                    throw new JsonParseException(json, "no number of a result");
                }
                if (depth == 0) {
                    return;
                }
                json.nextToken();
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
