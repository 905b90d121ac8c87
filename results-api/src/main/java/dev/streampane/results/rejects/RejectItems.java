// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns records into the items that a query asks for. */
record RejectItems(RejectsQuery query) {

    private static final int MAX_MESSAGE_CHARS = 4_096;
    private static final int MAX_KEY_BYTES = 256;

    /** The id of a window. Elasticsearch may also refuse alerts and audit lines, but their ids end differently. */
    private static final Pattern WINDOW_ID = Pattern.compile("[^~]+~[^~]+~[^~]*~([^~]+~[^~]+|[0-9]+)");

    /** The item; empty if the record is not in the list. */
    Optional<Reject> of(ConsumerRecord<byte[], byte[]> one) {
        Instant appended = Instant.ofEpochMilli(one.timestamp());
        if (!query.isInRange(appended)) {
            return Optional.empty();
        }
        RejectHeaders headers = new RejectHeaders(one.headers(), query.kind());
        return query.matches(headers)
                ? Optional.of(new Reject(one.partition(), one.offset(), appended, json(one, headers)))
                : Optional.empty();
    }

    private ObjectNode json(ConsumerRecord<byte[], byte[]> one, RejectHeaders headers) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("topic", one.topic());
        json.put("partition", one.partition());
        json.put("offset", one.offset());
        json.put("appended", Instant.ofEpochMilli(one.timestamp()).toString());
        if (query.kind() == RejectKind.INPUT) {
            put(json, headers, "kind");
        } else {
            putReject(json, headers);
        }
        json.set("key", RawBytes.json(one.key()));
        json.set("value", RawBytes.json(one.value()));
        headers.malformed().forEach(json.putArray("malformed")::add);
        json.set("links", links(one, headers));
        return json;
    }

    /** Adds which job rejected the record, why, and where its input is. */
    private void putReject(ObjectNode json, RejectHeaders headers) {
        put(json, headers, "job", "generation", query.kind().cause());
        if (query.kind() == RejectKind.DEAD_LETTER) {
            json.put("message", headers.text("message").map(RejectItems::cut).orElse(null));
            put(json, headers, "id");
        } else {
            json.put(
                    "eventTime",
                    headers.time("event-time").map(Instant::toString).orElse(null));
        }
        ObjectNode input = json.putObject("input");
        put(input, headers, "topic", "partition", "offset", "row");
        input.put("appended", headers.time("append-time").map(Instant::toString).orElse(null));
    }

    private static void put(ObjectNode json, RejectHeaders headers, String... names) {
        for (String name : names) {
            json.set(name, headers.json(name));
        }
    }

    private ObjectNode links(ConsumerRecord<byte[], byte[]> one, RejectHeaders headers) {
        ObjectNode links = JsonNodeFactory.instance.objectNode();
        switch (query.kind()) {
            case DEAD_LETTER -> {
                links.put("books", audit(headers).orElse(null));
                links.put(
                        "window",
                        headers.text("id")
                                .filter(WINDOW_ID.asMatchPredicate())
                                .map(RejectItems::window)
                                .orElse(null));
            }
            case LATE -> {
                links.put("books", audit(headers).orElse(null));
                links.put("windows", windows(headers, one.key()).orElse(null));
            }
            case INPUT ->
                links.put(
                        "books",
                        audit("", one.topic(), Integer.toString(one.partition()), Long.toString(one.offset())));
        }
        return links;
    }

    /** Link to the audit of the input partition. index-results has no audit, because it counts nothing, so its link names no job. */
    private static Optional<String> audit(RejectHeaders headers) {
        boolean indexing = headers.text("reason").equals(Optional.of("index-refused"));
        String job = headers.text("job")
                .filter(name -> !indexing)
                .map(name -> "job=" + encoded(name) + "&")
                .orElse("");
        return headers.text("topic").flatMap(topic -> headers.text("partition")
                .flatMap(partition -> headers.text("offset").map(offset -> audit(job, topic, partition, offset))));
    }

    private static String audit(String job, String topic, String partition, String offset) {
        return "/api/v1/audit?" + job + "topic=" + encoded(topic) + "&partition=" + partition + "&offset=" + offset;
    }

    private static String window(String id) {
        return "/api/v1/windows/" + encoded(id).replace("+", "%20");
    }

    /**
     * Link to the windows that the record missed, of its Kafka key only. Without the key if it is one row of many, since rows have keys of
     * their own, or if the windows are over all keys.
     */
    private static Optional<String> windows(RejectHeaders headers, byte[] key) {
        Optional<String> spec = headers.text("spec");
        Optional<LateWindows> windows =
                spec.flatMap(canonical -> headers.time("event-time").flatMap(time -> LateWindows.of(canonical, time)));
        if (headers.text("job").isEmpty() || windows.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder link = new StringBuilder("/api/v1/windows?job=");
        link.append(headers.text("job").get()).append("&spec=").append(encoded(spec.get()));
        boolean allKeys =
                spec.flatMap(WindowSpecParser::find).filter(WindowSpec::allKeys).isPresent();
        Optional.ofNullable(key)
                .filter(bytes -> headers.text("row").isEmpty() && !allKeys)
                .filter(bytes -> bytes.length > 0 && bytes.length <= MAX_KEY_BYTES)
                .flatMap(bytes -> RawBytes.text(bytes, false))
                .ifPresent(text -> link.append("&key=").append(encoded(text)));
        windows.get().from().ifPresent(from -> link.append("&from=").append(encoded(from.toString())));
        return Optional.of(link.append("&to=")
                .append(encoded(windows.get().to().toString()))
                .toString());
    }

    private static String cut(String message) {
        return message.codePointCount(0, message.length()) <= MAX_MESSAGE_CHARS
                ? message
                : message.substring(0, message.offsetByCodePoints(0, MAX_MESSAGE_CHARS)) + "…";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
