// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.util.Arrays;

/**
 * Splits a CSV message into the bytes of its rows, so that a bad row does not reject the whole message. A row ends at a line feed, or a carriage
 * return and line feed, outside of quotes; the last row may end without one. Works on bytes that are UTF-8 or not: no byte of a longer character
 * is a quote, a comma or a line break.
 */
final class CsvRows {

    /** The form of a row, as far as it is known without reading its fields. */
    enum Form {
        /** As in RFC 4180. */
        SOUND,
        /** Text after a closing quote, a quote inside a field without quotes, or a carriage return alone. */
        MALFORMED,
        /** A quote is never closed, so that the ends of rows are unknown: the row is all the rest of the message. */
        UNCLOSED
    }

    private enum Place {
        FIELD_START,
        PLAIN,
        QUOTED,
        QUOTE_IN_QUOTED
    }

    private final byte[] message;
    private int next;
    private Form form;

    CsvRows(byte[] message) {
        this.message = message;
    }

    boolean hasNext() {
        return next < message.length;
    }

    /** The bytes of the next row, without its line break; empty for an empty line. Consecutive empty lines are one row. */
    byte[] next() {
        int start = next;
        int at = start;
        form = Form.SOUND;
        Place place = Place.FIELD_START;
        while (at < message.length && (message[at] != '\n' || place == Place.QUOTED)) {
            place = after(place, at);
            at++;
        }
        if (place == Place.QUOTED) {
            form = Form.UNCLOSED;
        }
        next = at + 1;
        boolean crlf = at > start && at < message.length && message[at - 1] == '\r';
        int end = crlf ? at - 1 : at;
        if (end == start) {
            skipEmptyLines();
        }
        return Arrays.copyOfRange(message, start, end);
    }

    private void skipEmptyLines() {
        while (next < message.length) {
            int at = message[next] == '\r' ? next + 1 : next;
            if (at == message.length || message[at] != '\n') {
                return;
            }
            next = at + 1;
        }
    }

    private Place after(Place place, int at) {
        byte b = message[at];
        if (place == Place.QUOTED) {
            return b == '"' ? Place.QUOTE_IN_QUOTED : Place.QUOTED;
        }
        if (b == '"' && place != Place.PLAIN) {
            return Place.QUOTED;
        }
        if (b == ',') {
            return Place.FIELD_START;
        }
        if (b == '\r' && at + 1 < message.length && message[at + 1] == '\n') {
            return place;
        }
        if (b == '"' || b == '\r' || place == Place.QUOTE_IN_QUOTED) {
            form = Form.MALFORMED;
        }
        return Place.PLAIN;
    }

    /** All bytes after the row that {@link #next} returned last. */
    byte[] rest() {
        int start = next;
        next = message.length;
        return Arrays.copyOfRange(message, start, message.length);
    }

    /** The form of the row that {@link #next} returned last. */
    Form form() {
        return form;
    }
}
