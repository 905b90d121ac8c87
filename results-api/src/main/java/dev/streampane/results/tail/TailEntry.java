// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.streampane.contract.Version;
import dev.streampane.results.log.RecordJson;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One result, alert or word count as it is in the log, with the fields needed to find it and to pass it on. Documents of the store are read as
 * entries, too.
 *
 * @param number its place in the order in which this process read all topics, of a preview among the previews; -1 until it has one
 * @param kind what it is
 * @param topic its topic; empty for an entry from the store
 * @param partition partition of its topic
 * @param offset offset in the partition
 * @param appended append time in ms since 1970; {@link #UNKNOWN} for documents that were indexed without it
 * @param job the {@code job}; {@code word-count} for word counts
 * @param spec the result's {@code spec}; empty for other kinds
 * @param windowKind the result's {@code window.kind}; empty for other kinds
 * @param key the result's {@code key}, the alert's {@code client}, or the word
 * @param id the {@code id}; for word counts, the word
 * @param generation the {@code generation}; 0 for word counts
 * @param version the higher one is the newer revision of an id: compares complete, then generation, then rev, as in Elasticsearch; for word
 *     counts, the offset
 * @param status the result's {@code status}; empty for other kinds
 * @param start {@code window.start} or {@code start}; for word counts, the append time
 * @param end {@code window.end} or {@code end}; for word counts, the append time
 * @param json the value's bytes on one line; not to be changed
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
        /** A row of the changelog of word counts, contract word-count/v1. */
        WORD("word", "word", "word", Set.of("op", "word"));

        private final byte[] event;
        private final String key;
        private final String id;
        private final Set<String> required;

        Kind(String event, String key, String id, Set<String> required) {
            this.event = event.getBytes(StandardCharsets.US_ASCII);
            this.key = key;
            this.id = id;
            this.required = required;
        }

        /** Name of the server-sent events that carry this kind, in ASCII; not to be changed. */
        public byte[] event() {
            return event;
        }
    }

    /** Largest value that is decoded, in bytes. */
    public static final int MAX_BYTES = 256 << 10;

    /** Stands for an append time that is not known. */
    public static final long UNKNOWN = -1;

    private static final int OBJECT_OVERHEAD_BYTES = 600;

    /** Fields of a result that are read only inside {@code window}. */
    private static final Set<String> OF_WINDOW = Set.of("kind", "start", "end");

    /** Decodes a record's value; empty when it is not a JSON object with the required fields. The log is not trusted. */
    public static Optional<TailEntry> decode(Kind kind, ConsumerRecord<byte[], byte[]> found) {
        byte[] value = found.value();
        if (value == null || value.length > MAX_BYTES) {
            return Optional.empty();
        }
        Fields fields = new Fields();
        try {
            // UTF-8 only: by default the parser detects the encoding, and would accept values that clients cannot read
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            try (JsonParser json = RecordJson.STRICT.createParser(text.array(), 0, text.length())) {
                fields.read(json, kind == Kind.WINDOW);
            }
            return fields.texts.keySet().containsAll(kind.required)
                    ? Optional.of(of(kind, found, fields))
                    : Optional.empty();
        } catch (IOException | DateTimeException | ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
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

    /** Fails for instants that do not fit into milliseconds since 1970; {@link Instant#parse} accepts more years. */
    private static Instant instant(String text) {
        return Instant.ofEpochMilli(Instant.parse(text).toEpochMilli());
    }

    /** The same entry at a place. */
    public TailEntry numbered(long place) {
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

    /** Its sort key among the entries of its job. */
    public TailIndex.Row row() {
        return new TailIndex.Row(start, id);
    }

    /** The entry with the higher version; this one when the versions are equal. */
    public TailEntry newer(TailEntry other) {
        return other.version > version ? other : this;
    }

    /** The series that it belongs to. */
    public Series series() {
        return new Series(job, spec, key);
    }

    /** Whether the result is complete: its generation read all of the window. */
    public boolean complete() {
        return Version.isComplete(version);
    }

    /** Whether the result retracts its window. */
    public boolean isRetracted() {
        return status.equals("RETRACTED");
    }

    /** Approximate heap of the entry, its places in the tail's indices included, in bytes. */
    public long bytes() {
        return json.length + 2L * (key.length() + id.length()) + OBJECT_OVERHEAD_BYTES;
    }

    /** The fields of a value that are used. */
    private static final class Fields {
        private final Map<String, String> texts = new HashMap<>();
        private boolean complete;
        private int generation;
        private long rev;

        /**
         * Reads an object that nothing follows: the fields of a result's {@code window} inside it, all others outside. Fails for a number with a huge
         * exponent, wherever it is: adding another number to it would take all memory.
         */
        private void read(JsonParser json, boolean ofResult) throws IOException {
            boolean inWindow = false;
            int depth = 0;
            do {
                JsonToken token = json.nextToken();
                String field = json.currentName();
                if (depth == 0 && token != JsonToken.START_OBJECT) {
                    throw new JsonParseException(json, "no object");
                } else if (token.isStructStart()) {
                    inWindow = depth == 1
                            ? ofResult && token == JsonToken.START_OBJECT && field.equals("window")
                            : inWindow;
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    if (Math.abs(json.getDecimalValue().scale()) > RecordJson.MAX_NUMBER_LENGTH) {
                        throw new JsonParseException(json, "no number of a result");
                    }
                } else if (depth == 2 && inWindow && OF_WINDOW.contains(field)
                        || depth == 1 && !(ofResult && OF_WINDOW.contains(field))) {
                    switch (token) {
                        case VALUE_STRING -> texts.put(field, json.getText());
                        case VALUE_TRUE -> complete |= field.equals("complete");
                        case VALUE_NUMBER_INT -> {
                            generation = field.equals("generation") ? json.getIntValue() : generation;
                            rev = field.equals("rev") ? json.getLongValue() : rev;
                        }
                        default -> {}
                    }
                }
            } while (depth > 0);
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "more than an object");
            }
        }
    }

    /** Replaces line ends by spaces: in JSON a raw line end is white space, but it would end the {@code data} line of an event. */
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
