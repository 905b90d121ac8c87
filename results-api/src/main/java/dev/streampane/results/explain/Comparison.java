// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares document, log record and recomputed result of one window field by field; numbers by value. */
record Comparison(Map<String, JsonNode> document, Map<String, JsonNode> log, Map<String, JsonNode> recomputed) {

    /** Fields that the index adds to a result, and the fields that they repeat. */
    private static final Map<String, String> REPEATED = Map.of(
            "client", "key",
            "avg_temp", "values.avg_temp",
            "avg_hum", "values.avg_hum",
            "total_amount", "values.total_amount",
            "window_start", "window.start",
            "window_end", "window.end",
            "@timestamp", "window.end");

    /** The fields whose values are part of the id. */
    private static final Set<String> OF_THE_ID =
            Set.of("job", "spec", "key", "window.number", "window.start", "window.end");

    /**
     * @param document as it is in Elasticsearch; null when it is not there
     * @param log the record that the document was made of; null when it is gone
     * @param recomputed what follows from the inputs; null when it was not computed
     */
    static Comparison of(JsonNode document, JsonNode log, ObjectNode recomputed) {
        return new Comparison(
                document == null ? null : leaves(document, true),
                log == null ? null : leaves(log, false),
                recomputed == null ? null : leaves(recomputed, false));
    }

    private static Map<String, JsonNode> leaves(JsonNode json, boolean isDocument) {
        Map<String, JsonNode> leaves = new TreeMap<>();
        for (String field : ResultJson.FIELDS) {
            JsonNode value = json.get(field);
            if (value != null && value.isObject()) {
                value.properties().forEach(inner -> put(leaves, field + "." + inner.getKey(), inner.getValue()));
            } else {
                put(leaves, field, value);
            }
        }
        if (isDocument) {
            REPEATED.keySet().forEach(field -> put(leaves, field, json.get(field)));
        }
        return leaves;
    }

    /** Leaves out null and empty lists, which a document may lack. */
    private static void put(Map<String, JsonNode> leaves, String field, JsonNode value) {
        if (value != null && !value.isNull() && !(value.isArray() && value.isEmpty())) {
            leaves.put(field, value);
        }
    }

    /** Whether document and log record are equal; both must be there. */
    boolean isDocumentAsLogged() {
        return document.keySet().stream().noneMatch(this::differsFromLog)
                && document.keySet().containsAll(log.keySet());
    }

    /** Whether the log record, or the document if there is no log record, differs from the recomputed result. */
    boolean differsFromInputs() {
        return fields().stream().anyMatch(this::differsFromInputs);
    }

    private boolean differsFromLog(String field) {
        return log != null
                && document != null
                && !same(document.get(field), log.get(REPEATED.getOrDefault(field, field)));
    }

    private boolean differsFromInputs(String field) {
        return isRecomputed(field) && !same(stated().get(field), recomputed.get(field));
    }

    /** What the result says of itself. */
    private Map<String, JsonNode> stated() {
        return log == null ? document : log;
    }

    /** Whether the field follows from what was recomputed, if only in that it is absent. */
    private boolean isRecomputed(String field) {
        return recomputed != null
                && (recomputed.containsKey(field)
                        || field.startsWith("values.")
                        || field.startsWith("sums.")
                        || List.of("count", "late", "minEventTime", "maxEventTime", "inputs")
                                .contains(field));
    }

    /** The fields of the result that were not recomputed, are not part of an id that was and were not {@code checked} otherwise. */
    ArrayNode unchecked(Set<String> checked) {
        return ResultJson.JSON.valueToTree(stated().keySet().stream()
                .filter(field -> !isRecomputed(field))
                .filter(field -> recomputed == null || !OF_THE_ID.contains(field))
                .filter(field -> !REPEATED.containsKey(field))
                .filter(field -> !checked.contains(field))
                .toList());
    }

    private Set<String> fields() {
        Set<String> fields = new TreeSet<>();
        Stream.of(document, log, recomputed).filter(Objects::nonNull).forEach(leaves -> fields.addAll(leaves.keySet()));
        return fields;
    }

    /** The fields that differ, with the value in each of the three. */
    ArrayNode differences() {
        ArrayNode differences = ResultJson.JSON.createArrayNode();
        for (String field : fields()) {
            if (differsFromLog(field) || differsFromInputs(field)) {
                ObjectNode difference = differences.addObject().put("field", field);
                said(difference, "document", document, field);
                said(difference, "log", log, REPEATED.getOrDefault(field, field));
                if (isRecomputed(field)) {
                    said(difference, "recomputed", recomputed, field);
                }
            }
        }
        return differences;
    }

    private static void said(ObjectNode difference, String who, Map<String, JsonNode> leaves, String field) {
        if (leaves != null) {
            difference.set(who, leaves.get(field));
        }
    }

    private static boolean same(JsonNode one, JsonNode other) {
        if (one == null || other == null) {
            return one == other;
        }
        return one.equals(
                (a, b) -> a.isNumber() && b.isNumber()
                        ? a.decimalValue().compareTo(b.decimalValue())
                        : a.equals(b) ? 0 : 1,
                other);
    }
}
