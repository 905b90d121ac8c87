// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Rows of topic {@code time-series}, contract time-series/v1: CSV messages of many rows {@code step,name,value}, of which a bad one does not
 * take its message with it; and heartbeats.
 *
 * @param zone in which steps without a zone are read
 * @param integers names of tags of whole numbers; this is asked first
 * @param texts names of tags of texts; all others are of numbers
 */
record CsvRows(ZoneId zone, Pattern integers, Pattern texts) implements Rows {

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_ROWS = 65_536;
    private static final int MAX_FIELD = 4096;
    private static final int MAX_NUMBER = 64;
    private static final int MAX_NAME_BYTES = 256;
    private static final int FIELDS = 3;
    private static final int SCALE = 6;
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    /**
     * The bytes of a row.
     *
     * @param fault why it is no row, as far as its bytes show; null when it may be one
     * @param next where the next one begins
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record RawRow(byte[] bytes, String fault, int next) {}

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, Sink sink) {
        byte[] message = record.value();
        String kind = Rows.kind(record);
        try {
            if (message == null || message.length == 0) {
                throw new RejectedRowException("empty");
            }
            if ("heartbeat".equals(kind)) {
                sink.heartbeat(JsonRows.heartbeat(message));
                return;
            }
            if (kind != null && !kind.equals("time-series")) {
                throw new RejectedRowException("unknown_type");
            }
            if (message.length > MAX_BYTES) {
                throw new RejectedRowException("too_big");
            }
        } catch (RejectedRowException rejected) {
            sink.rejected(rejected.getMessage());
            return;
        }
        int at = 0;
        for (int row = 0; at < message.length; row++) {
            if (row == MAX_ROWS) {
                sink.rejected("too_big");
                return;
            }
            RawRow raw = rawRow(message, at);
            at = raw.next();
            try {
                value(fields(raw), row, sink);
            } catch (RejectedRowException rejected) {
                sink.rejected(rejected.getMessage());
            }
        }
    }

    /** The row that begins at {@code start}: up to a line feed outside of quotes, or all the rest when a quote is never closed. */
    private static RawRow rawRow(byte[] message, int start) {
        boolean quoted = false;
        boolean closed = false;
        boolean fieldStart = true;
        boolean malformed = false;
        int at = start;
        for (; at < message.length && (quoted || message[at] != '\n'); at++) {
            byte b = message[at];
            if (quoted) {
                quoted = b != '"';
                closed = !quoted;
            } else if (b == '"' && (fieldStart || closed)) {
                quoted = true;
                closed = false;
                fieldStart = false;
            } else if (b == ',') {
                closed = false;
                fieldStart = true;
            } else if (b != '\r' || at + 1 == message.length || message[at + 1] != '\n') {
                malformed |= b == '"' || b == '\r' || closed;
                closed = false;
                fieldStart = false;
            }
        }
        boolean crlf = at > start && at < message.length && message[at - 1] == '\r';
        byte[] bytes = Arrays.copyOfRange(message, start, crlf ? at - 1 : at);
        String fault = quoted ? "unclosed" : malformed ? "not_csv" : null;
        return new RawRow(bytes, fault, bytes.length == 0 ? afterEmptyLines(message, at + 1) : at + 1);
    }

    /** Where the first line begins that is not empty; those before it are one row. */
    private static int afterEmptyLines(byte[] message, int start) {
        int at = start;
        while (at < message.length
                && (message[at] == '\n' || message[at] == '\r' && at + 1 < message.length && message[at + 1] == '\n')) {
            at += message[at] == '\r' ? 2 : 1;
        }
        return at;
    }

    private static List<String> fields(RawRow raw) throws RejectedRowException {
        if ("unclosed".equals(raw.fault())) {
            throw new RejectedRowException("not_csv");
        }
        if (raw.bytes().length == 0) {
            throw new RejectedRowException("empty");
        }
        String row = FieldParsers.utf8(raw.bytes());
        if (raw.fault() != null) {
            throw new RejectedRowException(raw.fault());
        }
        List<String> fields = split(row);
        for (String field : fields) {
            if (field.length() > MAX_FIELD) {
                throw new RejectedRowException("too_long");
            }
        }
        if (fields.size() != FIELDS) {
            throw new RejectedRowException(fields.size() < FIELDS ? "missing" : "trailing");
        }
        return fields;
    }

    private static List<String> split(String row) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < row.length(); i++) {
            char c = row.charAt(i);
            if (c == '"') {
                boolean escaped = quoted && i + 1 < row.length() && row.charAt(i + 1) == '"';
                if (escaped) {
                    field.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private void value(List<String> fields, int row, Sink sink) throws RejectedRowException {
        long step = FieldParsers.time(fields.get(0), zone);
        String name = fields.get(1);
        if (name.isEmpty()) {
            throw new RejectedRowException("empty");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new RejectedRowException("too_long");
        }
        sink.value(name, step, measured(name, fields.get(2)), row);
    }

    private Measurement measured(String name, String value) throws RejectedRowException {
        boolean whole = integers.matcher(name).matches();
        if (!whole && texts.matcher(name).matches()) {
            return new Measurement(new long[0], value);
        }
        if (value.length() > MAX_NUMBER) {
            throw new RejectedRowException("too_long");
        }
        if (!(whole ? WHOLE : NUMBER).matcher(value).matches()) {
            throw new RejectedRowException("type");
        }
        return new Measurement(new long[] {FieldParsers.units(value, SCALE)}, null);
    }
}
