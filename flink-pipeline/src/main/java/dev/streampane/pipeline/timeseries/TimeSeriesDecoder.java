// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.EventTimes;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FixedPoint;
import dev.streampane.pipeline.decode.HeartbeatDecoder;
import dev.streampane.pipeline.decode.JsonFields;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.timeseries.TimeSeriesRow.Type;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;

/**
 * Decodes topic {@code time-series}: contract {@code time-series/v1}, CSV messages of many rows, and heartbeats.
 *
 * <p>{@code 2026-11-20T06:00:00Z,pu136mod-nd-011,19.38} and {@code 2026-11-20T06:00:01Z,pu136mod-ns-021,"on, warm"} in one message give two
 * rows. An error in a row rejects only that row, with its bytes. A quote that is never closed rejects the rest of the message as one row,
 * because the ends of its rows are unknown.
 *
 * @param zone zone of times that have none
 */
public record TimeSeriesDecoder(ZoneId zone, TagTypes types) implements Decoder<TimeSeriesRow> {

    /** The largest message, in bytes. */
    static final int MAX_BYTES = 1 << 20;

    /** The most rows. A message of 1 MiB has fewer valid rows; the limit prevents a million dead letters of a message of commas and line breaks. */
    static final int MAX_ROWS = 65_536;

    /** The longest field, in chars. */
    static final int MAX_FIELD = 4096;

    /** The longest number, in chars. */
    static final int MAX_NUMBER = 64;

    /** The longest name, in bytes. */
    static final int MAX_NAME_BYTES = 256;

    /** The value of the header {@code kind}; messages without the header are allowed. */
    private static final String KIND = "time-series";

    private static final List<String> FIELDS = List.of("step", "name", "value");
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");

    @Override
    public void decode(Fetched fetched, Collector<Decoded<TimeSeriesRow>> out) {
        try {
            if (fetched.isHeartbeat()) {
                out.collect(HeartbeatDecoder.decode(fetched));
                return;
            }
            byte[] rows = fetched.valueOfKind(KIND);
            if (rows.length > MAX_BYTES) {
                throw new Rejection(RejectReason.TOO_BIG, rows.length + " bytes; allowed are at most " + MAX_BYTES);
            }
            decodeRows(fetched.row(0, rows), out); // cuts a long key once for all rows
        } catch (Rejection rejection) {
            out.collect(Decoded.rejected(fetched, rejection));
        }
    }

    private void decodeRows(Fetched fetched, Collector<Decoded<TimeSeriesRow>> out) {
        var rows = new CsvRows(fetched.value());
        for (int number = 0; rows.hasNext(); number++) {
            if (number == MAX_ROWS) {
                out.collect(Decoded.rejected(
                        fetched.row(number, rows.rest()), RejectReason.TOO_BIG, "more than " + MAX_ROWS + " rows"));
                return;
            }
            Fetched row = fetched.row(number, rows.next());
            out.collect(decodeRow(row, rows.form()));
        }
    }

    private Decoded<TimeSeriesRow> decodeRow(Fetched row, CsvRows.Form form) {
        try {
            List<String> fields = fields(row.value(), form);
            long step = EventTimes.parse("step", fields.get(0), zone);
            String name = name(fields.get(1));
            return Decoded.value(row, value(name, types.of(name), fields.get(2)), step);
        } catch (Rejection rejection) {
            return Decoded.rejected(row, rejection);
        } catch (RuntimeException e) {
            // A row for which a check is missing must not restart the job again and again.
            return Decoded.rejected(row, RejectReason.NOT_CSV, "unreadable: " + e);
        }
    }

    private static List<String> fields(byte[] row, CsvRows.Form form) throws Rejection {
        if (form == CsvRows.Form.UNCLOSED) {
            throw new Rejection(RejectReason.NOT_CSV, "a quote is never closed; so the rest is no row");
        }
        if (row.length == 0) {
            throw new Rejection(RejectReason.EMPTY, "an empty line, or several");
        }
        String text = JsonFields.utf8(row);
        if (form == CsvRows.Form.MALFORMED) {
            throw new Rejection(RejectReason.NOT_CSV, "not CSV: a quote or carriage return where none may be");
        }
        List<String> fields;
        try {
            fields = CsvReader.builder().ofSingleCsvRecord(text).getFields();
        } catch (CsvParseException e) {
            throw new Rejection(RejectReason.NOT_CSV, "not CSV: " + e.getMessage());
        }
        for (String field : fields) {
            if (field.length() > MAX_FIELD) {
                throw tooLong("a field", field.length() + " characters", MAX_FIELD);
            }
        }
        if (fields.size() < FIELDS.size()) {
            throw new Rejection(RejectReason.MISSING, FIELDS.get(fields.size()) + ": missing");
        }
        if (fields.size() > FIELDS.size()) {
            throw new Rejection(RejectReason.TRAILING, fields.size() + " fields; allowed are " + FIELDS.size());
        }
        return fields;
    }

    private static String name(String name) throws Rejection {
        if (name.isEmpty()) {
            throw new Rejection(RejectReason.EMPTY, "name: empty");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw tooLong("name", bytes + " bytes", MAX_NAME_BYTES);
        }
        return name;
    }

    private static TimeSeriesRow value(String name, Type type, String text) throws Rejection {
        if (!type.isNumber()) {
            return new TimeSeriesRow(name, type, 0, text);
        }
        if (text.length() > MAX_NUMBER) {
            throw tooLong("value", text.length() + " characters", MAX_NUMBER);
        }
        if (!(type == Type.INTEGER ? INTEGER : NUMBER).matcher(text).matches()) {
            throw new Rejection(
                    RejectReason.TYPE,
                    "value: not " + (type == Type.INTEGER ? "a whole number: " : "a number: ") + Rejection.show(text));
        }
        long units = FixedPoint.parse("value", text, TimeSeriesRow.SCALE);
        return new TimeSeriesRow(name, type, units, text);
    }

    private static Rejection tooLong(String what, String length, int max) {
        return new Rejection(RejectReason.TOO_LONG, what + ": " + length + "; allowed are " + max);
    }

    @Override
    public TypeInformation<TimeSeriesRow> valueType() {
        return TypeInformation.of(TimeSeriesRow.class);
    }
}
