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

    private final String[] names;
    private final byte[][] nameBytes;
    private final int[] starts;
    private final int[] ends;
    private final boolean[] texts;
    private final int[] order;
    private final String[] ids = new String[KEPT_IDS];
    private final FlatTimes times = new FlatTimes();
    private byte[] value;

    /** Reads objects with these fields. */
    FlatFields(List<String> fields) {
        int count = fields.size();
        names = fields.stream().map(String::intern).toArray(String[]::new);
        nameBytes = new byte[count][];
        Arrays.setAll(nameBytes, i -> names[i].getBytes(StandardCharsets.UTF_8));
        starts = new int[count];
        ends = new int[count];
        texts = new boolean[count];
        order = new int[count + 1];
    }

    /** Reads an object; false when it is unusual. */
    boolean read(byte[] object) {
        value = object;
        Arrays.fill(ends, 0);
        if (object.length > JsonFields.MAX_BYTES) {
            return false;
        }
        int at = skipSpace(0);
        if (byteAt(at) != '{') {
            return false;
        }
        for (int n = 0; n < names.length; n++) {
            int name = nameAt(at = skipSpace(at + 1), n);
            if (name < 0 || ends[name] != 0) {
                return false;
            }
            at = skipSpace(at + nameBytes[name].length + 2);
            if (byteAt(at) != ':') {
                return false;
            }
            at = valueAt(skipSpace(at + 1), name);
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

    /** The index of the name that begins at {@code quote}, or -1; tries first the name that was in this place in the last object. */
    private int nameAt(int quote, int place) {
        if (byteAt(quote) != '"') {
            return -1;
        }
        if (isName(order[place], quote)) {
            return order[place];
        }
        for (int name = 0; name < names.length; name++) {
            if (isName(name, quote)) {
                order[place] = name;
                return name;
            }
        }
        return -1;
    }

    private boolean isName(int name, int quote) {
        byte[] bytes = nameBytes[name];
        int from = quote + 1;
        int to = from + bytes.length;
        return to < value.length && value[to] == '"' && Arrays.equals(value, from, to, bytes, 0, bytes.length);
    }

    /** Records the value that begins at {@code from}; returns where it ends, or -1. */
    private int valueAt(int from, int name) {
        return byteAt(from) == '"' ? textAt(from + 1, name) : numberAt(from, name);
    }

    private int textAt(int from, int name) {
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
        texts[name] = true;
        starts[name] = from;
        ends[name] = at;
        return at + 1;
    }

    private int numberAt(int from, int name) {
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
        texts[name] = false;
        starts[name] = from;
        ends[name] = at;
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

    private int index(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i] == name) { // interned, like literals
                return i;
            }
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) { // made at runtime, or deserialized with the decoder
                return i;
            }
        }
        throw new IllegalArgumentException(name + " was not read");
    }

    @Override
    public boolean has(String name) {
        return ends[index(name)] != 0;
    }

    @Override
    public void require(String name) throws Rejection {
        given(name);
    }

    private int given(String name) throws Rejection {
        int field = index(name);
        if (ends[field] == 0) {
            throw UNUSUAL;
        }
        return field;
    }

    private int given(String name, boolean isText) throws Rejection {
        int field = given(name);
        if (texts[field] != isText) {
            throw UNUSUAL;
        }
        return field;
    }

    @Override
    public String id(String name) throws Rejection {
        int field = given(name);
        int start = starts[field];
        int length = ends[field] - start;
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
        int field = given(name, true);
        return string(starts[field], ends[field] - starts[field]);
    }

    @Override
    public long units(String name, int scale) throws Rejection {
        int field = given(name, false);
        int at = starts[field];
        int end = ends[field];
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
        int field = given(name, true);
        return times.read(value, starts[field], ends[field], zone);
    }
}
