// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.explain.JsonText.Type;
import dev.streampane.results.explain.JsonText.Value;
import java.time.ZoneId;
import java.util.Map;
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
        try {
            byte[] value = record.value();
            if (value == null || value.length == 0) {
                throw new RejectedRowException("empty");
            }
            String written = Rows.kind(record);
            if (written == null || written.equals(kind)) {
                Row row = body.of(object(value));
                sink.value(row.key(), row.time(), new Measurement(row.units(), null), 0);
            } else if (written.equals("heartbeat")) {
                sink.heartbeat(heartbeat(value));
            } else {
                throw new RejectedRowException("unknown_type");
            }
        } catch (RejectedRowException rejected) {
            sink.rejected(rejected.getMessage());
        }
    }

    private static Map<String, Value> object(byte[] value) throws RejectedRowException {
        if (value.length > MAX_BYTES) {
            throw new RejectedRowException("too_big");
        }
        return JsonText.object(FieldParsers.utf8(value));
    }

    /** The event time of a heartbeat. */
    static long heartbeat(byte[] value) throws RejectedRowException {
        Map<String, Value> fields = object(value);
        return FieldParsers.time(text(required(fields, "ts")), null);
    }

    static Row reading(Map<String, Value> fields, ZoneId zone) throws RejectedRowException {
        if (!fields.containsKey("client")) {
            required(fields, "device");
        }
        Value time = required(fields, "ts");
        Value temperature = required(fields, "temperature");
        Value humidity = required(fields, "humidity");
        return new Row(
                device(fields),
                FieldParsers.time(text(time), zone),
                FieldParsers.units(number(temperature), 6),
                FieldParsers.units(number(humidity), 6));
    }

    private static String device(Map<String, Value> fields) throws RejectedRowException {
        if (!fields.containsKey("device")) {
            return id(fields.get("client"));
        }
        String device = id(fields.get("device"));
        if (fields.containsKey("client") && !id(fields.get("client")).equals(device)) {
            throw new RejectedRowException("duplicate_key");
        }
        return device;
    }

    static Row transaction(Map<String, Value> fields, ZoneId zone) throws RejectedRowException {
        Value client = required(fields, "client");
        Value time = required(fields, "ts");
        Value amount = required(fields, "amount");
        Row row = new Row(id(client), FieldParsers.time(text(time), zone), FieldParsers.units(number(amount), 4));
        if (fields.containsKey("merchant")) {
            text(fields.get("merchant"));
        }
        for (String degrees : new String[] {"lat", "lon"}) {
            if (fields.containsKey(degrees)) {
                number(fields.get(degrees));
            }
        }
        return row;
    }

    private static Value required(Map<String, Value> fields, String name) throws RejectedRowException {
        Value value = fields.get(name);
        if (value == null) {
            throw new RejectedRowException("missing");
        }
        return value;
    }

    private static String id(Value value) throws RejectedRowException {
        return FieldParsers.id(value.type() == Type.NUMBER ? value.text() : text(value));
    }

    private static String text(Value value) throws RejectedRowException {
        return of(value, Type.TEXT);
    }

    private static String number(Value value) throws RejectedRowException {
        return of(value, Type.NUMBER);
    }

    private static String of(Value value, Type type) throws RejectedRowException {
        if (value.type() != type) {
            throw new RejectedRowException(value.type() == Type.NULL ? "null" : "type");
        }
        return value.text();
    }
}
