// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.intake.RejectReason;
import dev.streampane.pipeline.intake.Rejection;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What contract {@code window-result/v1} asks of a result, field by field, and which fields of it are indexed. Fields and values that a
 * later version may add are left out, as the strict mappings would refuse the whole result for them; the log keeps them.
 */
final class ResultFields {

    enum Type {
        TEXT,
        WHOLE,
        NUMBER,
        VALUE,
        FLAG,
        OBJECT,
        ARRAY;

        boolean fits(JsonNode node) {
            return switch (this) {
                case TEXT -> node.isTextual();
                case WHOLE -> node.isIntegralNumber() && node.canConvertToLong();
                case NUMBER -> node.isNumber();
                case VALUE -> node.isNumber() || node.isTextual();
                case FLAG -> node.isBoolean();
                case OBJECT -> node.isObject();
                case ARRAY -> node.isArray();
            };
        }
    }

    /**
     * A field.
     *
     * @param required whether a result has it, null or not
     * @param nullable whether it may be null
     */
    record Field(String name, Type type, boolean required, boolean nullable) {}

    private static final List<Field> RESULT = List.of(
            required("id", Type.TEXT),
            required("job", Type.TEXT),
            required("spec", Type.TEXT),
            required("key", Type.TEXT),
            required("window", Type.OBJECT),
            required("generation", Type.WHOLE),
            required("rev", Type.WHOLE),
            required("status", Type.TEXT),
            required("cause", Type.TEXT),
            required("complete", Type.FLAG),
            new Field("mergedInto", Type.TEXT, false, false),
            required("values", Type.OBJECT),
            required("sums", Type.OBJECT),
            required("count", Type.WHOLE),
            required("late", Type.WHOLE),
            new Field("minEventTime", Type.TEXT, true, true),
            new Field("maxEventTime", Type.TEXT, true, true),
            new Field("watermark", Type.TEXT, true, true),
            required("inputs", Type.ARRAY),
            required("jobVersion", Type.TEXT));
    private static final List<Field> WINDOW = List.of(
            required("kind", Type.TEXT),
            new Field("number", Type.WHOLE, false, false),
            required("start", Type.TEXT),
            required("end", Type.TEXT),
            required("zone", Type.TEXT));
    private static final List<Field> INPUT = List.of(
            required("topic", Type.TEXT),
            new Field("partition", Type.WHOLE, false, false),
            new Field("first", Type.WHOLE, false, false),
            new Field("last", Type.WHOLE, false, false));

    /** Values and sums of the jobs whose index templates name them; of other jobs all are indexed. */
    private static final Map<String, List<Field>> VALUES = Map.ofEntries(
            entry(
                    "weather-average",
                    all(Type.NUMBER, "avg_temp", "avg_hum", "min_temp", "max_temp", "min_hum", "max_hum")),
            entry("transaction-total", all(Type.NUMBER, "total_amount", "min_amount", "max_amount")));

    private static final Map<String, List<Field>> SUMS = Map.of(
            "weather-average", all(Type.TEXT, "temp", "hum"),
            "transaction-total", all(Type.TEXT, "amount"));

    private ResultFields() {}

    /**
     * Leaves of {@code result} what is indexed, in its order.
     *
     * @throws Rejection for the first field, in the contract's order, that is not there or of another type
     */
    static void fit(ObjectNode result) throws Rejection {
        fit(result, RESULT, "");
        fit((ObjectNode) result.get("window"), WINDOW, "window.");
        String job = result.get("job").textValue();
        boolean retracted = result.get("status").textValue().equals("RETRACTED");
        fitNamed(result.get("values"), retracted ? null : VALUES.get(job), Type.VALUE, "values.");
        fitNamed(result.get("sums"), retracted ? null : SUMS.get(job), Type.TEXT, "sums.");
        fitEach((ArrayNode) result.get("inputs"), INPUT, "inputs");
    }

    /** Leaves of each object in an array what is named. */
    static void fitEach(ArrayNode array, List<Field> fields, String path) throws Rejection {
        for (JsonNode element : array) {
            if (!(element instanceof ObjectNode object)) {
                throw new Rejection(RejectReason.TYPE, path + " holds a " + element.getNodeType());
            }
            fit(object, fields, path + '.');
        }
    }

    private static void fitNamed(JsonNode object, List<Field> named, Type type, String path) throws Rejection {
        if (named != null) {
            fit((ObjectNode) object, named, path);
            return;
        }
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            check(property.getValue(), required(property.getKey(), type), path);
        }
    }

    static void fit(ObjectNode object, List<Field> fields, String path) throws Rejection {
        for (Field field : fields) {
            check(object.get(field.name()), field, path);
        }
        Iterator<String> names = object.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (fields.stream().noneMatch(field -> field.name().equals(name))) {
                names.remove();
            }
        }
    }

    private static void check(JsonNode value, Field field, String path) throws Rejection {
        String name = path + field.name();
        if (value == null) {
            if (field.required()) {
                throw new Rejection(RejectReason.MISSING, name + " is not there");
            }
        } else if (value.isNull()) {
            if (!field.nullable()) {
                throw new Rejection(RejectReason.NULL, name + " is null");
            }
        } else if (!field.type().fits(value)) {
            throw new Rejection(RejectReason.TYPE, name + " is a " + value.getNodeType() + ", not " + field.type());
        }
    }

    static Field required(String name, Type type) {
        return new Field(name, type, true, false);
    }

    private static List<Field> all(Type type, String... names) {
        return Arrays.stream(names).map(name -> required(name, type)).toList();
    }
}
