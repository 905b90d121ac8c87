// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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

    private final String json;
    private int at;

    private JsonText(String json) {
        this.json = json;
    }

    /**
     * The fields of the object.
     *
     * @throws Refused with the reason of the first thing that is wrong
     */
    static Map<String, Value> object(String json) throws Refused {
        JsonText reader = new JsonText(json);
        reader.space();
        if (reader.at < json.length() && reader.peek() != '{') {
            reader.value(0);
            throw new Refused("not_object");
        }
        Map<String, Value> fields = new HashMap<>();
        reader.members(fields, 1);
        reader.space();
        if (reader.at < json.length()) {
            throw new Refused("trailing");
        }
        return fields;
    }

    /** An object's members, from its brace on; into {@code fields} when they are asked for. */
    private void members(Map<String, Value> fields, int depth) throws Refused {
        expect('{');
        Set<String> names = new HashSet<>();
        space();
        if (takes('}')) {
            return;
        }
        do {
            space();
            String name = text();
            if (name.length() > MAX_TEXT) {
                throw new Refused("too_long");
            }
            if (!names.add(name)) {
                throw new Refused("duplicate_key");
            }
            space();
            expect(':');
            Value value = value(depth);
            if (fields != null) {
                fields.put(name, value);
            }
            space();
        } while (takes(','));
        expect('}');
    }

    private Value value(int depth) throws Refused {
        space();
        char first = peek();
        if (first == '{' || first == '[') {
            if (depth + 1 > MAX_DEPTH && depth > 0) {
                throw new Refused("too_deep");
            }
            if (depth == 0) {
                throw new Refused("not_object");
            }
            if (first == '{') {
                members(null, depth + 1);
            } else {
                items(depth + 1);
            }
            return new Value(Type.OTHER, null);
        }
        if (first == '"') {
            String text = text();
            if (text.length() > MAX_TEXT) {
                throw new Refused("too_long");
            }
            return new Value(Type.TEXT, text);
        }
        if (first == '-' || isDigit(first)) {
            String number = number();
            if (number.length() > MAX_NUMBER) {
                throw new Refused("too_long");
            }
            return new Value(Type.NUMBER, number);
        }
        return word();
    }

    private void items(int depth) throws Refused {
        expect('[');
        space();
        if (takes(']')) {
            return;
        }
        do {
            value(depth);
            space();
        } while (takes(','));
        expect(']');
    }

    private Value word() throws Refused {
        for (String word : new String[] {"null", "true", "false"}) {
            if (json.startsWith(word, at)) {
                at += word.length();
                if (at < json.length() && Character.isLetterOrDigit(json.charAt(at))) {
                    break;
                }
                return new Value(word.equals("null") ? Type.NULL : Type.OTHER, null);
            }
        }
        throw notJson();
    }

    private String number() throws Refused {
        int start = at;
        takes('-');
        if (!takes('0')) {
            digits();
        }
        if (takes('.')) {
            digits();
        }
        if (takes('e') || takes('E')) {
            if (!takes('+')) {
                takes('-');
            }
            digits();
        }
        if (at < json.length() && "0123456789.eE+-".indexOf(json.charAt(at)) >= 0) {
            throw notJson();
        }
        return json.substring(start, at);
    }

    private void digits() throws Refused {
        int start = at;
        while (at < json.length() && isDigit(json.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw notJson();
        }
    }

    private String text() throws Refused {
        expect('"');
        int start = at;
        StringBuilder unescaped = null;
        while (peek() != '"') {
            char c = json.charAt(at++);
            if (c < ' ') {
                throw notJson();
            }
            if (c == '\\') {
                unescaped = unescaped == null ? new StringBuilder(json.substring(start, at - 1)) : unescaped;
                unescaped.append(escaped());
            } else if (unescaped != null) {
                unescaped.append(c);
            }
        }
        String text = unescaped == null ? json.substring(start, at) : unescaped.toString();
        at++;
        return text;
    }

    private char escaped() throws Refused {
        char c = peek();
        at++;
        int plain = "\"\\/bfnrt".indexOf(c);
        if (plain >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(plain);
        }
        if (c != 'u' || at + 4 > json.length()) {
            throw notJson();
        }
        int unit = 0;
        for (int end = at + 4; at < end; at++) {
            int digit = "0123456789abcdef".indexOf(lower(json.charAt(at)));
            if (digit < 0) {
                throw notJson();
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'F' ? (char) (c + 32) : c;
    }

    private void space() {
        while (at < json.length() && " \t\n\r".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws Refused {
        if (at == json.length()) {
            throw notJson();
        }
        return json.charAt(at);
    }

    private boolean takes(char mark) {
        boolean there = at < json.length() && json.charAt(at) == mark;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char mark) throws Refused {
        if (!takes(mark)) {
            throw notJson();
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static Refused notJson() {
        return new Refused("not_json");
    }
}
