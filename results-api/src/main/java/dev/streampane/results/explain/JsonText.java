// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One JSON object read by the letter of RFC 8259, with the limits that the contracts of the inputs set. Of the object's own fields it keeps
 * what they are and the texts of texts and numbers.
 */
final class JsonText {

    /** What a value is. */
    enum Type {
        TEXT,
        NUMBER,
        NULL,
        OTHER
    }

    /**
     * A field's value.
     *
     * @param text the text without escapes, the number as it is written; null for others
     */
    record Value(Type type, String text) {}

    private static final int MAX_DEPTH = 16;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_NUMBER = 64;

    /** Its own limits let pass what is limited here, with a reason each. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /** A number whatever comes behind it, where the parser wants a space. */
    private static final Pattern NUMBER =
            Pattern.compile("[ \\t\\r\\n]*-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?(?![0-9.eE+-])");

    private JsonText() {}

    /**
     * The fields of the object.
     *
     * @throws RejectedRowException with the reason of the first thing that is wrong
     */
    static Map<String, Value> object(String json) throws RejectedRowException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (first(parser, json) != JsonToken.START_OBJECT) {
                throw new RejectedRowException("not_object");
            }
            Map<String, Value> fields = members(parser, 1);
            if (!ends(parser)) {
                throw new RejectedRowException("trailing");
            }
            return fields;
        } catch (IOException e) {
            throw new RejectedRowException("not_json");
        }
    }

    private static JsonToken first(JsonParser parser, String json) throws IOException, RejectedRowException {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new RejectedRowException("not_json");
            }
            parser.finishToken();
            return first;
        } catch (JacksonException e) {
            throw new RejectedRowException(NUMBER.matcher(json).lookingAt() ? "not_object" : "not_json");
        }
    }

    private static boolean ends(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static Map<String, Value> members(JsonParser parser, int depth) throws IOException, RejectedRowException {
        Map<String, Value> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = atMost(MAX_TEXT, parser.currentName());
            if (fields.containsKey(name)) {
                throw new RejectedRowException("duplicate_key");
            }
            parser.nextToken();
            fields.put(name, value(parser, depth));
        }
        return fields;
    }

    private static Value value(JsonParser parser, int depth) throws IOException, RejectedRowException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return new Value(Type.TEXT, atMost(MAX_TEXT, parser.getText()));
        }
        if (token.isNumeric()) {
            return new Value(Type.NUMBER, atMost(MAX_NUMBER, parser.getText()));
        }
        if (token.isStructStart() && depth == MAX_DEPTH) {
            throw new RejectedRowException("too_deep");
        }
        if (token == JsonToken.START_OBJECT) {
            members(parser, depth + 1);
        } else if (token == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value(parser, depth + 1);
            }
        }
        return new Value(token == JsonToken.VALUE_NULL ? Type.NULL : Type.OTHER, null);
    }

    private static String atMost(int max, String text) throws RejectedRowException {
        if (text.length() > max) {
            throw new RejectedRowException("too_long");
        }
        return text;
    }
}
