// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.io.ByteArrayOutputStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Rows of topic {@code time-series}, contract time-series/v1: CSV messages of many rows {@code step,name,value}, and heartbeats. A bad row does
 * not reject the whole message.
 *
 * @param zone the zone of steps that have none
 * @param integers names of the tags that have integers; takes precedence over {@code texts}
 * @param texts names of the tags that have texts; all other tags have numbers
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

    /** The fields of a row, unquoted, or none if it is malformed; and the index at which the next row begins. */
    private record RawRow(List<byte[]> fields, int next) {}

    @Override
    public String kind() {
        return "time-series";
    }

    @Override
    public void values(byte[] message, Consumer<Row> sink) throws RejectedRowException {
        RejectedRowException.unless(message != null && message.length > 0 && message.length <= MAX_BYTES);
        int at = 0;
        for (int row = 0; at < message.length; row++) {
            RejectedRowException.unless(row < MAX_ROWS);
            RawRow raw = rawRow(message, at);
            at = raw.next();
            try {
                sink.accept(row(raw.fields(), row));
            } catch (RejectedRowException rejected) {
                sink.accept(Row.REJECTED);
            }
        }
    }

    /** The row that begins at {@code start}: up to a line feed outside of quotes, or all the rest when a quote is never closed. */
    private static RawRow rawRow(byte[] message, int start) {
        List<byte[]> fields = new ArrayList<>();
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        boolean quoted = false;
        boolean closed = false;
        boolean fieldStart = true;
        boolean malformed = false;
        int at = start;
        for (; at < message.length && (quoted || message[at] != '\n'); at++) {
            byte b = message[at];
            if (quoted && b == '"') {
                quoted = false;
                closed = true;
            } else if (quoted) {
                field.write(b);
            } else if (b == '"' && closed) {
                field.write(b);
                quoted = true;
            } else if (b == '"' && fieldStart) {
                quoted = true;
                fieldStart = false;
            } else if (b == ',') {
                fields.add(field.toByteArray());
                field.reset();
                closed = false;
                fieldStart = true;
            } else if (b != '\r' || at + 1 == message.length || message[at + 1] != '\n') {
                malformed |= b == '"' || b == '\r' || closed;
                field.write(b);
                closed = false;
                fieldStart = false;
            }
        }
        boolean empty = fields.isEmpty() && fieldStart;
        fields.add(field.toByteArray());
        return new RawRow(quoted || malformed ? List.of() : fields, empty ? afterEmptyLines(message, at + 1) : at + 1);
    }

    /** The start of the next line that is not empty; the empty lines before it are one row. */
    private static int afterEmptyLines(byte[] message, int start) {
        int at = start;
        while (at < message.length
                && (message[at] == '\n' || message[at] == '\r' && at + 1 < message.length && message[at + 1] == '\n')) {
            at += message[at] == '\r' ? 2 : 1;
        }
        return at;
    }

    private Row row(List<byte[]> fields, int number) throws RejectedRowException {
        RejectedRowException.unless(fields.size() == FIELDS);
        long step = FieldParsers.time(text(fields.get(0)), zone);
        String name = text(fields.get(1));
        RejectedRowException.unless(!name.isEmpty() && fields.get(1).length <= MAX_NAME_BYTES);
        String value = text(fields.get(2));
        boolean whole = integers.matcher(name).matches();
        if (!whole && texts.matcher(name).matches()) {
            return new Row(name, step, new long[0], value, number);
        }
        RejectedRowException.unless(value.length() <= MAX_NUMBER
                && (whole ? WHOLE : NUMBER).matcher(value).matches());
        return new Row(name, step, new long[] {FieldParsers.units(value, SCALE)}, null, number);
    }

    private static String text(byte[] field) throws RejectedRowException {
        String text = FieldParsers.utf8(field);
        RejectedRowException.unless(text.length() <= MAX_FIELD);
        return text;
    }
}
