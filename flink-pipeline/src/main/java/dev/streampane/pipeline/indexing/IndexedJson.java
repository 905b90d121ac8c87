// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.JsonFields;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import dev.streampane.pipeline.elasticsearch.IndexRequest.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;

/** The common parts of the decoders of results, alerts and audit lines. */
final class IndexedJson {

    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuu.MM");

    /**
     * Index and id of a document.
     *
     * @param index its name ends with a month in UTC, {@code yyyy.MM}, or with {@code global}
     */
    record Place(String index, String id) {}

    private IndexedJson() {}

    /** Reads the object, of at most {@code maxBytes}; numbers keep the characters of the JSON. */
    static ObjectNode read(Fetched fetched, int maxBytes) throws Rejection {
        byte[] value = fetched.presentValue();
        JsonFields.read(value, maxBytes, List.of());
        try {
            return (ObjectNode) Json.EXACT.readTree(value);
        } catch (IOException e) {
            throw new Rejection(
                    RejectReason.NOT_JSON, "not JSON: " + e.getClass().getSimpleName());
        }
    }

    /**
     * Makes the same document for each of its places. It has the indexed fields, then {@code added}, then the record's position in Kafka and its
     * append time, if the topic has append times.
     *
     * @param indexed the record's object, reduced to the indexed fields
     * @param cut whether the record has fields that {@code indexed} does not have
     * @param version orders the documents of one id: the largest one stays
     * @param places where the document is indexed; the first one has the record's id
     */
    static Decoded<IndexRequest> decoded(
            Fetched fetched,
            ObjectNode indexed,
            boolean cut,
            ObjectNode added,
            long version,
            Instant eventTime,
            Place... places) {
        ObjectNode log = added.putObject("log")
                .put("epoch", fetched.topicId())
                .put("partition", fetched.partition())
                .put("offset", fetched.offset());
        if (fetched.guarded()) {
            log.put("appended", fetched.appendTime());
        }
        byte[] source = joined(cut || !plain(fetched.value()) ? utf8(indexed) : fetched.value(), utf8(added));
        List<Document> documents = Arrays.stream(places)
                .map(place -> new Document(place.index(), place.id(), version, source))
                .toList();
        return Decoded.value(fetched, new IndexRequest(places[0].id(), documents), eventTime.toEpochMilli());
    }

    private static byte[] utf8(ObjectNode object) {
        return object.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether an object is written on one line, without escapes, and ends with its brace: then a document can begin with its bytes. */
    private static boolean plain(byte[] object) {
        for (byte b : object) {
            if (b >= 0 && b < ' ' || b == '\\') {
                return false;
            }
        }
        return object[object.length - 1] == '}';
    }

    /** Joins two objects into one; neither of them is empty. */
    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length - 1);
        both[first.length - 1] = ',';
        System.arraycopy(second, 1, both, first.length, second.length - 1);
        return both;
    }

    /** {@code yyyy.MM} in UTC. */
    static String month(Instant time) {
        return MONTH.format(time.atOffset(ZoneOffset.UTC));
    }

    /** The id. An empty one is rejected here: Elasticsearch does not take it, and its error does not say that the document is at fault. */
    static String id(ObjectNode object) throws Rejection {
        String id = object.get("id").textValue();
        if (id.isEmpty()) {
            throw new Rejection(RejectReason.EMPTY, "id is empty");
        }
        return id;
    }

    static long within(ObjectNode object, String name, long largest) throws Rejection {
        long value = object.get(name).longValue();
        if (value < 1 || value > largest) {
            throw new Rejection(RejectReason.RANGE, name + " is " + value + ", allowed is from 1 to " + largest);
        }
        return value;
    }

    /** A time, cut to milliseconds; rejects a time whose milliseconds do not fit a long. */
    static Instant instant(JsonNode object, String path, String name) throws Rejection {
        try {
            return Instant.ofEpochMilli(
                    Instant.parse(object.get(name).textValue()).toEpochMilli());
        } catch (DateTimeException e) {
            throw new Rejection(RejectReason.TYPE, path + name + " is not an instant");
        } catch (ArithmeticException e) {
            throw new Rejection(RejectReason.RANGE, path + name + " is more milliseconds from 1970 than a long holds");
        }
    }
}
