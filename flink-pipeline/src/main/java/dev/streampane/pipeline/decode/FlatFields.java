// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;

/**
 * A fast reader for the JSON objects that producers usually send, directly from their bytes: only known names, in any order, each once; texts of
 * ASCII without escapes; numbers without exponents. It does not judge any other object: {@link #read} returns false, or {@link #UNUSUAL} is
 * thrown, and {@link JsonFields} must be used. Where it gives an answer, it is the one of {@link JsonFields}.
 *
 * <p>Keeps the texts of ids between records, so that the records of a device share one String. Used by one thread.
 */
final class FlatFields implements Fields {

    /** Not a rejection of the record: read it with {@link JsonFields}. */
    static final Rejection UNUSUAL = new Rejection(RejectReason.NOT_JSON, "unusual");

    private static final int KEPT_IDS = 1 << 14;
    private static final int MAX_ID = 256;
    /** The most digits before the point with which the units of every scale fit a long. */
    private static final int MAX_WHOLE_DIGITS = 12;

    private static final long[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

    /** In the order of the last object. */
    private final Field[] fields;

    private final String[] ids = new String[KEPT_IDS];
    private final FlatTimes times = new FlatTimes();
    private byte[] value;

    /** A field, and where its value is in the object; {@code end} is 0 if the object does not have the field. */
    private static final class Field {

        private final String name;
        private final byte[] bytes;
        private int start;
        private int end;
        private boolean text;

        Field(String name) {
            this.name = name.intern();
            this.bytes = name.getBytes(StandardCharsets.UTF_8);
        }

        private void set(int from, int to, boolean isText) {
            start = from;
            end = to;
            text = isText;
        }
    }

    /** Reads objects with these fields. */
    FlatFields(List<String> names) {
        fields = names.stream().map(Field::new).toArray(Field[]::new);
    }

    /** Reads an object; false when it is unusual. */
    boolean read(byte[] object) {
        value = object;
        for (Field field : fields) {
            field.end = 0;
        }
        if (object.length > JsonFields.MAX_BYTES) {
            return false;
        }
        int at = skipSpace(0);
        if (byteAt(at) != '{') {
            return false;
        }
        for (int place = 0; place < fields.length; place++) {
            Field field = fieldAt(at = skipSpace(at + 1), place);
            if (field == null) {
                return false;
            }
            at = skipSpace(at + field.bytes.length + 2);
            if (byteAt(at) != ':') {
                return false;
            }
            at = valueAt(skipSpace(at + 1), field);
            if (at < 0) {
                return false;
            }
            at = skipSpace(at);
            if (byteAt(at) == '}') {
                return skipSpace(at + 1) == object.length;
            }
            if (byteAt(at) != ',') {
                return false;
            }
        }
        return false;
    }

    private int byteAt(int at) {
        return at < value.length ? value[at] : -1;
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < value.length
                && value[at] <= ' '
                && (value[at] == ' ' || value[at] == '\n' || value[at] == '\r' || value[at] == '\t')) {
            at++;
        }
        return at;
    }

    /**
     * The field whose name begins at {@code quote}; null if there is none, or if the object has it already. Moves it to {@code place}, where the
     * next object probably has it, too.
     */
    private Field fieldAt(int quote, int place) {
        for (int at = place; byteAt(quote) == '"' && at < fields.length; at++) {
            Field field = fields[at];
            if (isName(field, quote)) {
                fields[at] = fields[place];
                fields[place] = field;
                return field;
            }
        }
        return null;
    }

    private boolean isName(Field field, int quote) {
        int from = quote + 1;
        int to = from + field.bytes.length;
        return to < value.length
                && value[to] == '"'
                && Arrays.equals(value, from, to, field.bytes, 0, field.bytes.length);
    }

    /** Records the value that begins at {@code from}; returns where it ends, or -1. */
    private int valueAt(int from, Field field) {
        return byteAt(from) == '"' ? textAt(from + 1, field) : numberAt(from, field);
    }

    private int textAt(int from, Field field) {
        int at = from;
        while (at < value.length && value[at] >= ' ' && value[at] != '"') {
            if (value[at] == '\\') {
                return -1;
            }
            at++;
        }
        if (byteAt(at) != '"' || at - from > JsonFields.MAX_TEXT) {
            return -1;
        }
        field.set(from, at, true);
        return at + 1;
    }

    private int numberAt(int from, Field field) {
        int first = byteAt(from) == '-' ? from + 1 : from;
        int at = digitsFrom(value, first);
        if (at == first || value[first] == '0' && at > first + 1) {
            return -1;
        }
        if (byteAt(at) == '.') {
            int fraction = at + 1;
            at = digitsFrom(value, fraction);
            if (at == fraction) {
                return -1;
            }
        }
        if (at - from > JsonFields.MAX_NUMBER) {
            return -1;
        }
        field.set(from, at, false);
        return at;
    }

    /** The end of the digits that begin at {@code from}. */
    static int digitsFrom(byte[] value, int from) {
        int at = from;
        while (at < value.length && value[at] >= '0' && value[at] <= '9') {
            at++;
        }
        return at;
    }

    private Field field(String name) {
        for (Field field : fields) {
            if (field.name == name) { // interned, like literals
                return field;
            }
        }
        for (Field field : fields) {
            if (field.name.equals(name)) { // made at runtime, or deserialized with the decoder
                return field;
            }
        }
        throw new IllegalArgumentException(name + " was not read");
    }

    @Override
    public boolean has(String name) {
        return field(name).end != 0;
    }

    @Override
    public void require(String name) throws Rejection {
        given(name);
    }

    private Field given(String name) throws Rejection {
        Field field = field(name);
        if (field.end == 0) {
            throw UNUSUAL;
        }
        return field;
    }

    private Field given(String name, boolean isText) throws Rejection {
        Field field = given(name);
        if (field.text != isText) {
            throw UNUSUAL;
        }
        return field;
    }

    @Override
    public String id(String name) throws Rejection {
        Field field = given(name);
        int start = field.start;
        int length = field.end - start;
        if (length == 0 || length > MAX_ID) {
            throw UNUSUAL;
        }
        int hash = 0;
        for (int i = start; i < start + length; i++) {
            hash = 31 * hash + value[i];
        }
        int slot = (hash ^ hash >>> 15) & KEPT_IDS - 1;
        String kept = ids[slot];
        if (kept == null || !isText(kept, start, length)) {
            kept = string(start, length);
            ids[slot] = kept;
        }
        return kept;
    }

    private boolean isText(String text, int start, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != value[start + i]) {
                return false;
            }
        }
        return true;
    }

    private String string(int start, int length) {
        return new String(value, start, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String text(String name) throws Rejection {
        Field field = given(name, true);
        return string(field.start, field.end - field.start);
    }

    @Override
    public long units(String name, int scale) throws Rejection {
        Field field = given(name, false);
        int at = field.start;
        int end = field.end;
        boolean negative = value[at] == '-';
        at += negative ? 1 : 0;
        int whole = at;
        long units = 0;
        while (at < end && value[at] != '.') {
            units = units * 10 + value[at++] - '0';
        }
        int fraction = Math.max(0, end - at - 1);
        if (at - whole > MAX_WHOLE_DIGITS || fraction > scale || scale >= POWERS.length) {
            throw UNUSUAL;
        }
        for (at++; at < end; at++) {
            units = units * 10 + value[at] - '0';
        }
        units *= POWERS[scale - fraction];
        if (units > FixedPoint.MAX_UNITS) {
            throw UNUSUAL;
        }
        return negative ? -units : units;
    }

    @Override
    public long time(String name, ZoneId zone) throws Rejection {
        Field field = given(name, true);
        return times.read(value, field.start, field.end, zone);
    }
}
