// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The fields that contract {@code window-result/v1} requires of a result, and those of them that are indexed. Fields and values that a later
 * version may add are left out, because the strict mappings would refuse the whole result for them; they stay in Kafka.
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

        List<Field> required(String... names) {
            return fields(true, false, names);
        }

        List<Field> nullable(String... names) {
            return fields(true, true, names);
        }

        List<Field> optional(String... names) {
            return fields(false, false, names);
        }

        private List<Field> fields(boolean required, boolean nullable, String... names) {
            return Arrays.stream(names)
                    .map(name -> new Field(name, this, required, nullable))
                    .toList();
        }
    }

    /**
     * A field.
     *
     * @param required whether the field must be there, even if it is null
     * @param nullable whether it may be null
     */
    record Field(String name, Type type, boolean required, boolean nullable) {

        @SafeVarargs
        static List<Field> list(List<Field>... fields) {
            List<Field> all = new ArrayList<>();
            for (List<Field> some : fields) {
                all.addAll(some);
            }
            return List.copyOf(all);
        }
    }

    private static final List<Field> RESULT = Field.list(
            Type.TEXT.required("id", "job", "spec", "key"),
            Type.OBJECT.required("window"),
            Type.WHOLE.required("generation", "rev"),
            Type.TEXT.required("status", "cause"),
            Type.FLAG.required("complete"),
            Type.TEXT.optional("mergedInto"),
            Type.OBJECT.required("values", "sums"),
            Type.WHOLE.required("count", "late"),
            Type.TEXT.nullable("minEventTime", "maxEventTime", "watermark"),
            Type.ARRAY.required("inputs"),
            Type.TEXT.required("jobVersion"));
    private static final List<Field> WINDOW = Field.list(
            Type.TEXT.required("kind"), Type.WHOLE.optional("number"), Type.TEXT.required("start", "end", "zone"));
    private static final List<Field> INPUT =
            Field.list(Type.TEXT.required("topic"), Type.WHOLE.optional("partition", "first", "last"));

    /** Values and sums of the jobs whose index templates name them; for other jobs all of them are indexed. */
    private static final Map<String, List<Field>> VALUES = Map.of(
            "weather-average",
            Type.NUMBER.required("avg_temp", "avg_hum", "min_temp", "max_temp", "min_hum", "max_hum"),
            "transaction-total",
            Type.NUMBER.required("total_amount", "min_amount", "max_amount"));

    private static final Map<String, List<Field>> SUMS = Map.of(
            "weather-average", Type.TEXT.required("temp", "hum"),
            "transaction-total", Type.TEXT.required("amount"));

    private ResultFields() {}

    /**
     * Removes from {@code result} what is not indexed; returns whether something was removed.
     *
     * @throws Rejection for the first field, in the contract's order, that is missing or has another type
     */
    static boolean fit(ObjectNode result) throws Rejection {
        boolean cut = fit(result, RESULT, "");
        cut |= fit((ObjectNode) result.get("window"), WINDOW, "window.");
        String job = result.get("job").textValue();
        boolean retracted = result.get("status").textValue().equals("RETRACTED");
        cut |= fitNamed(result.get("values"), retracted ? null : VALUES.get(job), Type.VALUE, "values.");
        cut |= fitNamed(result.get("sums"), retracted ? null : SUMS.get(job), Type.TEXT, "sums.");
        return cut | fitEach((ArrayNode) result.get("inputs"), INPUT, "inputs");
    }

    /** Removes from each object of an array all fields but {@code fields}; returns whether something was removed. */
    static boolean fitEach(ArrayNode array, List<Field> fields, String path) throws Rejection {
        boolean cut = false;
        for (JsonNode element : array) {
            if (!(element instanceof ObjectNode object)) {
                throw new Rejection(RejectReason.TYPE, path + " holds a " + element.getNodeType());
            }
            cut |= fit(object, fields, path + '.');
        }
        return cut;
    }

    private static boolean fitNamed(JsonNode object, List<Field> named, Type type, String path) throws Rejection {
        if (named != null) {
            return fit((ObjectNode) object, named, path);
        }
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            check(property.getValue(), new Field(property.getKey(), type, true, false), path);
        }
        return false;
    }

    /** Removes from an object all fields but {@code fields}; returns whether something was removed. */
    static boolean fit(ObjectNode object, List<Field> fields, String path) throws Rejection {
        int present = 0;
        for (Field field : fields) {
            JsonNode value = object.get(field.name());
            check(value, field, path);
            present += value == null ? 0 : 1;
        }
        if (present == object.size()) {
            return false;
        }
        object.retain(fields.stream().map(Field::name).toList());
        return true;
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
}
