// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.core.JsonToken;
import dev.streampane.results.explain.JsonText.Value;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Rows of a topic with one JSON object per record, as contracts device-reading/v1, transaction/v1 and heartbeat/v1 say, their legacy forms
 * included.
 *
 * @param kind what the header {@code kind} may say, where there is one
 * @param body makes the value of the object's fields
 */
record JsonRows(String kind, Body body) implements Rows {

    private static final int MAX_BYTES = 64 * 1024;

    /** Makes a value of an object's fields. */
    interface Body {
        Row of(Map<String, Value> fields) throws RejectedRowException;
    }

    /** One value with its key and event time. */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(String key, long time, long... units) {}

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, Sink sink) {
        String written = Rows.kind(record);
        try {
            if ("heartbeat".equals(written)) {
                sink.heartbeat(heartbeat(record.value()));
            } else if (written == null || written.equals(kind)) {
                Row row = body.of(object(record.value()));
                sink.value(row.key(), row.time(), new Measurement(row.units(), null), 0);
            } else {
                sink.rejected();
            }
        } catch (RejectedRowException rejected) {
            sink.rejected();
        }
    }

    private static Map<String, Value> object(byte[] value) throws RejectedRowException {
        if (value == null || value.length > MAX_BYTES) {
            throw new RejectedRowException();
        }
        return JsonText.object(FieldParsers.utf8(value));
    }

    /** The event time of a heartbeat. */
    static long heartbeat(byte[] value) throws RejectedRowException {
        return FieldParsers.time(text(object(value), "ts"), null);
    }

    static Row reading(Map<String, Value> fields, ZoneId zone) throws RejectedRowException {
        return new Row(
                device(fields),
                FieldParsers.time(text(fields, "ts"), zone),
                FieldParsers.units(number(fields, "temperature"), 6),
                FieldParsers.units(number(fields, "humidity"), 6));
    }

    private static String device(Map<String, Value> fields) throws RejectedRowException {
        if (!fields.containsKey("device")) {
            return id(fields, "client");
        }
        String device = id(fields, "device");
        if (fields.containsKey("client") && !id(fields, "client").equals(device)) {
            throw new RejectedRowException();
        }
        return device;
    }

    static Row transaction(Map<String, Value> fields, ZoneId zone) throws RejectedRowException {
        if (fields.containsKey("merchant")) {
            text(fields, "merchant");
        }
        for (String degrees : new String[] {"lat", "lon"}) {
            if (fields.containsKey(degrees)) {
                number(fields, degrees);
            }
        }
        return new Row(
                id(fields, "client"),
                FieldParsers.time(text(fields, "ts"), zone),
                FieldParsers.units(number(fields, "amount"), 4));
    }

    private static String id(Map<String, Value> fields, String name) throws RejectedRowException {
        return FieldParsers.id(of(fields, name, type -> type == JsonToken.VALUE_STRING || type.isNumeric()));
    }

    private static String text(Map<String, Value> fields, String name) throws RejectedRowException {
        return of(fields, name, type -> type == JsonToken.VALUE_STRING);
    }

    private static String number(Map<String, Value> fields, String name) throws RejectedRowException {
        return of(fields, name, JsonToken::isNumeric);
    }

    private static String of(Map<String, Value> fields, String name, Predicate<JsonToken> allowed)
            throws RejectedRowException {
        Value value = fields.get(name);
        if (value == null || !allowed.test(value.type())) {
            throw new RejectedRowException();
        }
        return value.text();
    }
}
