// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.util.Arrays;

/**
 * Cuts a CSV message into the bytes of its rows, so that a bad row does not take its message with it. A row ends at a line feed, or carriage
 * return and line feed, outside of quotes; after the last row there may be one or none. Works on bytes of UTF-8, good or bad: no byte of a
 * longer character is a quote, a comma or a line break.
 */
final class CsvRows {

    /** How a row is written, as far as can be told without reading its fields. */
    enum Form {
        /** As RFC 4180 has it. */
        SOUND,
        /** Something after a closing quote, a quote inside a field without quotes, or a carriage return alone. */
        MALFORMED,
        /** A quote that is never closed, so that nobody can say where rows end: all the rest of the message. */
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

    /** The bytes of the next row, without its line break; none for empty lines, which are one row as long as they follow one another. */
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

    /** All that has not been told as rows. */
    byte[] rest() {
        int start = next;
        next = message.length;
        return Arrays.copyOfRange(message, start, message.length);
    }

    /** How the row that {@link #next} gave last is written. */
    Form form() {
        return form;
    }
}
