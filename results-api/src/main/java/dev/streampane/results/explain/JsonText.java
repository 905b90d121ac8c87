// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads one JSON object strictly by RFC 8259, with the limits that the input contracts set. Keeps the type of each top-level field, and the text
 * of strings and numbers.
 */
final class JsonText {

    /** A field's value: a string without escapes, or a number as it is written. */
    record Value(JsonToken type, String text) {}

    private static final int MAX_DEPTH = 16;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_NUMBER = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonText() {}

    /** The fields of the object. */
    static Map<String, Value> object(String json) throws RejectedRowException {
        Map<String, Value> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            RejectedRowException.unless(parser.nextToken() == JsonToken.START_OBJECT);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = value(parser).text();
                parser.nextToken();
                fields.put(name, value(parser));
            }
            RejectedRowException.unless(parser.nextToken() == null);
        } catch (IOException e) {
            throw new RejectedRowException();
        }
        return fields;
    }

    /** The name or value at the parser's position; moves past, and checks, all that is in an object or array. */
    private static Value value(JsonParser parser) throws IOException, RejectedRowException {
        JsonToken type = parser.currentToken();
        String text = parser.getText();
        RejectedRowException.unless(text.length() <= (type.isNumeric() ? MAX_NUMBER : MAX_TEXT));
        while (type.isStructStart() && !parser.nextToken().isStructEnd()) {
            value(parser);
        }
        return new Value(type, text);
    }
}
