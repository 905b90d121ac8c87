// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.contract.Version;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * A document that Elasticsearch must hold for a record of a log, as {@code deploy/elasticsearch/README.md} describes it.
 *
 * @param index its monthly index
 * @param version its external version; a newer revision has a higher one
 */
record IndexedResult(String index, String id, long version, ObjectNode source) {

    static final String RESULTS = "window-results-";
    static final String HISTORY = "window-history-";

    static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("uuuu.MM").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final Path TEMPLATES = Checkout.root().resolve("deploy/elasticsearch");
    private static final Map<String, JsonNode> MAPPINGS = new HashMap<>();

    /** The documents of a result: that of the window, and that of the revision in the history. */
    static List<IndexedResult> of(ConsumerRecord<byte[], byte[]> record, String topicId) {
        ObjectNode source = (ObjectNode) Json.read(record.value());
        String id = id(source);
        String job = source.path("job").asText();
        Version version = Version.of(source);
        Instant start = Instant.parse(source.at("/window/start").asText());
        addLegacyFields(source, job);
        source.set("@timestamp", source.at("/window/end"));
        addPlace(source, record, topicId);
        keepMapped(source, mapping("window-document"), mapping(job + "-values"));
        return List.of(
                new IndexedResult(RESULTS + job + '-' + place(source, start), id, version.number(), source),
                new IndexedResult(
                        HISTORY + job + '-' + MONTH.format(start),
                        id + '~' + version.generation() + '~' + version.rev(),
                        version.number(),
                        source));
    }

    /** The id of a result or an alert; an empty one is an error, as for index-results. */
    static String id(JsonNode source) {
        String id = source.required("id").asText();
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id is empty");
        }
        return id;
    }

    /** Suffix of the index's name: the month of the start. A global window's start depends on the generation, so its number is used instead. */
    private static String place(JsonNode result, Instant start) {
        if (!result.at("/window/kind").asText().equals("global")) {
            return MONTH.format(start);
        }
        Duration every =
                ((WindowSpec.Global) WindowSpecParser.parse(result.path("spec").asText())).every();
        return every.isZero()
                ? "global"
                : MONTH.format(Instant.EPOCH.plus(
                        every.multipliedBy(result.at("/window/number").asLong())));
    }

    static void addPlace(ObjectNode source, ConsumerRecord<byte[], byte[]> record, String topicId) {
        ObjectNode log = source.putObject("log")
                .put("epoch", topicId)
                .put("partition", record.partition())
                .put("offset", record.offset());
        if (record.timestampType() == TimestampType.LOG_APPEND_TIME) {
            log.put("appended", record.timestamp());
        }
    }

    private static void addLegacyFields(ObjectNode result, String job) {
        JsonNode window = result.path("window");
        JsonNode values = result.path("values");
        result.set("client", result.get("key"));
        if (job.equals("weather-average")) {
            ZonedDateTime last = Instant.parse(window.path("end").asText())
                    .minusMillis(1)
                    .atZone(ZoneId.of(window.path("zone").asText()));
            result.put("row_date", last.toLocalDate().toString());
            result.put("row_time", TIME.format(last));
            result.set("avg_temp", values.get("avg_temp"));
            result.set("avg_hum", values.get("avg_hum"));
        } else if (job.equals("transaction-total")) {
            result.set("window_start", window.get("start"));
            result.set("window_end", window.get("end"));
            result.set("total_amount", values.get("total_amount"));
        }
    }

    /** The mapping of a component template; that of {@code other-values} for a job without values of its own. */
    private static JsonNode mapping(String component) {
        String folder = "component-templates/";
        Path file = TEMPLATES.resolve(folder + component + ".json");
        return template(folder + (Files.exists(file) ? component : "other-values") + ".json");
    }

    /** The mapping in a file of {@code deploy/elasticsearch}. */
    static JsonNode template(String file) {
        return MAPPINGS.computeIfAbsent(file, name -> {
            try {
                return Json.EXACT
                        .readTree(Files.readString(TEMPLATES.resolve(name)))
                        .at("/template/mappings");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static void keepMapped(ObjectNode object, JsonNode... mappings) {
        object.properties().removeIf(field -> {
            JsonNode mapped = null;
            for (JsonNode mapping : mappings) {
                JsonNode one = mapping.path("properties").get(field.getKey());
                mapped = one == null ? mapped : one;
            }
            if (mapped != null && mapped.path("dynamic").asText().equals("strict")) {
                keepMapped(field.getValue(), mapped);
            }
            return mapped == null;
        });
    }

    private static void keepMapped(JsonNode value, JsonNode mapping) {
        if (value instanceof ObjectNode object) {
            keepMapped(object, new JsonNode[] {mapping});
        } else if (value instanceof ArrayNode array) {
            array.forEach(element -> keepMapped(element, mapping));
        }
    }

    /**
     * Version, index and content of a document, to compare it with another.
     *
     * @param hash of index and content; the order of fields and the notation of numbers do not change it
     */
    record Fingerprint(long version, long hash) {

        /** The fingerprint of a document as Elasticsearch returns it. */
        static Fingerprint of(JsonNode hit) {
            return of(hit.path("_version").asLong(), hit.path("_index").asText(), hit.path("_source"));
        }

        private static Fingerprint of(long version, String index, JsonNode document) {
            byte[] text = (index + canonical(document)).getBytes(StandardCharsets.UTF_8);
            return new Fingerprint(version, UUID.nameUUIDFromBytes(text).getLeastSignificantBits());
        }
    }

    Fingerprint fingerprint() {
        return Fingerprint.of(version, index, source);
    }

    /** Describes how the document that Elasticsearch has under this id differs from this one. */
    String difference(JsonNode document) {
        Set<String> fields = new TreeSet<>();
        JsonNode other = document.path("_source");
        source.fieldNames().forEachRemaining(fields::add);
        other.fieldNames().forEachRemaining(fields::add);
        fields.removeIf(field -> canonical(source.path(field)).equals(canonical(other.path(field))));
        return fields.isEmpty()
                ? "version is %d, the log says %d"
                        .formatted(document.path("_version").asLong(), version)
                : "in " + String.join(", ", fields);
    }

    private static Object canonical(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> fields = new TreeMap<>();
            node.properties().forEach(e -> fields.put(e.getKey(), canonical(e.getValue())));
            return fields;
        }
        if (node.isArray()) {
            return node.valueStream().map(IndexedResult::canonical).toList();
        }
        return node.isNumber() ? new BigDecimal(node.asText()).stripTrailingZeros() : node.toString();
    }
}
