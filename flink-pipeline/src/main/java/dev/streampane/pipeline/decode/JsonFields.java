// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The named fields of one JSON object, checked as strictly as the contracts in deploy/schemas require. The first error in the order of the bytes
 * decides the reason. Unknown fields are checked for syntax, size and duplicates, and then ignored.
 */
public final class JsonFields implements Fields {

    /** The largest value, in bytes. */
    public static final int MAX_BYTES = 64 * 1024;

    /** The deepest nesting; the object itself is level 1. */
    static final int MAX_DEPTH = 16;

    /** The longest text or name, in chars. */
    static final int MAX_TEXT = 4096;

    /** The longest number, in chars. */
    static final int MAX_NUMBER = 64;

    private static final int MAX_ID_BYTES = 256;

    /** Jackson's own limits are above the ones here, so that each limit has one rejection reason; names are not kept between records. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH + 1)
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(MAX_BYTES)
                    .maxNumberLength(MAX_BYTES)
                    .build())
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** A number at the start of the text that the characters after it do not continue. */
    private static final Pattern NUMBER_ALONE =
            Pattern.compile("[ \\t\\r\\n]*-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?(?![0-9.eE+-])");

    private final List<String> names;
    private final JsonToken[] tokens;
    private final String[] texts;

    private JsonFields(List<String> names) {
        this.names = names;
        this.tokens = new JsonToken[names.size()];
        this.texts = new String[names.size()];
    }

    /**
     * Reads the fields {@code names} of the object in {@code value}.
     *
     * @throws Rejection the first error: too_big, not_utf8, then in the order of the bytes not_json, not_object, duplicate_key, too_deep,
     *     too_long, trailing
     */
    public static JsonFields read(byte[] value, List<String> names) throws Rejection {
        return read(value, MAX_BYTES, names);
    }

    /** Reads an object of at most {@code maxBytes} bytes. */
    public static JsonFields read(byte[] value, int maxBytes, List<String> names) throws Rejection {
        if (value.length > maxBytes) {
            throw new Rejection(RejectReason.TOO_BIG, value.length + " bytes; allowed are at most " + maxBytes);
        }
        var fields = new JsonFields(names);
        String text = utf8(value);
        try (JsonParser json = FACTORY.createParser(text)) {
            fields.readObject(json, text);
            fields.readEnd(json);
        } catch (IOException e) {
            throw new Rejection(RejectReason.NOT_JSON, "not JSON: " + at(e));
        }
        return fields;
    }

    /**
     * The text of these bytes.
     *
     * @throws Rejection NOT_UTF8 when they are not UTF-8
     */
    public static String utf8(byte[] value) throws Rejection {
        for (byte b : value) {
            if (b < 0) {
                try {
                    return StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(value))
                            .toString();
                } catch (CharacterCodingException e) {
                    throw new Rejection(RejectReason.NOT_UTF8, "not UTF-8");
                }
            }
        }
        return new String(value, StandardCharsets.ISO_8859_1);
    }

    private static String at(IOException e) {
        return e instanceof JacksonException json && json.getLocation() != null
                ? "at character " + json.getLocation().getCharOffset()
                : "unreadable";
    }

    private void readObject(JsonParser json, String object) throws IOException, Rejection {
        JsonToken first = firstToken(json, object);
        if (first == null) {
            throw new Rejection(RejectReason.NOT_JSON, "not JSON: blank");
        }
        if (first != JsonToken.START_OBJECT) {
            throw new Rejection(RejectReason.NOT_OBJECT, "not an object");
        }
        Set<String> unknown = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = name(json);
            int index = names.indexOf(name);
            if (index < 0 ? !unknown.add(name) : tokens[index] != null) {
                throw duplicate(name);
            }
            JsonToken token = json.nextToken();
            readValue(json, token, 1);
            if (index >= 0) {
                tokens[index] = token;
                texts[index] = token == JsonToken.VALUE_STRING || token.isNumeric() ? json.getText() : null;
            }
        }
    }

    /** The first token. Jackson fails where a number at the root is not followed by white space; such a value is no object either. */
    private static JsonToken firstToken(JsonParser json, String object) throws IOException, Rejection {
        try {
            return json.nextToken();
        } catch (JacksonException e) {
            if (NUMBER_ALONE.matcher(object).lookingAt()) {
                throw new Rejection(RejectReason.NOT_OBJECT, "not an object");
            }
            throw e;
        }
    }

    /** Reads to the end of the value that starts with {@code token}. */
    private static void readValue(JsonParser json, JsonToken token, int depth) throws IOException, Rejection {
        if (token.isStructStart()) {
            skipStruct(json, token, depth + 1);
        } else if (token == JsonToken.VALUE_STRING) {
            checkLength(json.getTextLength(), MAX_TEXT, "a text");
        } else if (token.isNumeric()) {
            checkLength(json.getTextLength(), MAX_NUMBER, "a number");
        }
    }

    private static void checkLength(int length, int max, String what) throws Rejection {
        if (length > max) {
            throw new Rejection(RejectReason.TOO_LONG, what + " of " + length + " characters; allowed are " + max);
        }
    }

    private static void skipStruct(JsonParser json, JsonToken start, int depth) throws IOException, Rejection {
        if (depth > MAX_DEPTH) {
            throw new Rejection(RejectReason.TOO_DEEP, "nested deeper than " + MAX_DEPTH + " levels");
        }
        Set<String> seen = start == JsonToken.START_OBJECT ? new HashSet<>() : null;
        for (JsonToken token = json.nextToken(); !token.isStructEnd(); token = json.nextToken()) {
            if (seen != null) {
                String name = name(json);
                if (!seen.add(name)) {
                    throw duplicate(name);
                }
                token = json.nextToken();
            }
            readValue(json, token, depth);
        }
    }

    private static String name(JsonParser json) throws IOException, Rejection {
        String name = json.currentName();
        checkLength(name.length(), MAX_TEXT, "a name");
        return name;
    }

    private static Rejection duplicate(String name) {
        return new Rejection(RejectReason.DUPLICATE_KEY, Rejection.show(name) + " twice");
    }

    private void readEnd(JsonParser json) throws IOException, Rejection {
        try {
            if (json.nextToken() == null) {
                return;
            }
        } catch (JacksonException noToken) {
            // that is something, too
        }
        throw new Rejection(RejectReason.TRAILING, "something after the object");
    }

    @Override
    public boolean has(String name) {
        return tokens[names.indexOf(name)] != null;
    }

    @Override
    public String id(String name) throws Rejection {
        String id = text(
                name,
                "a text or number",
                JsonToken.VALUE_STRING,
                JsonToken.VALUE_NUMBER_INT,
                JsonToken.VALUE_NUMBER_FLOAT);
        if (id.isEmpty()) {
            throw new Rejection(RejectReason.EMPTY, name + ": empty");
        }
        int bytes = utf8Length(name, id);
        if (bytes > MAX_ID_BYTES) {
            throw new Rejection(
                    RejectReason.TOO_LONG, name + ": " + bytes + " bytes; allowed are 1 to " + MAX_ID_BYTES);
        }
        return id;
    }

    private static int utf8Length(String name, String text) throws Rejection {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .limit();
        } catch (CharacterCodingException e) {
            throw new Rejection(RejectReason.NOT_UTF8, name + ": half a surrogate pair");
        }
    }

    @Override
    public long time(String name, ZoneId zone) throws Rejection {
        return EventTimes.parse(name, text(name), zone);
    }

    @Override
    public long units(String name, int scale) throws Rejection {
        return FixedPoint.parse(
                name, text(name, "a number", JsonToken.VALUE_NUMBER_INT, JsonToken.VALUE_NUMBER_FLOAT), scale);
    }

    @Override
    public String text(String name) throws Rejection {
        return text(name, "a text", JsonToken.VALUE_STRING);
    }

    private String text(String name, String wanted, JsonToken... allowed) throws Rejection {
        require(name);
        int index = names.indexOf(name);
        JsonToken token = tokens[index];
        if (token == JsonToken.VALUE_NULL) {
            throw new Rejection(RejectReason.NULL, name + ": null");
        }
        if (!List.of(allowed).contains(token)) {
            throw new Rejection(
                    RejectReason.TYPE,
                    name
                            + ": "
                            + describe(token)
                            + ", not "
                            + wanted
                            + (texts[index] == null ? "" : ": " + Rejection.show(texts[index])));
        }
        return texts[index];
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> "a truth value";
        };
    }
}
