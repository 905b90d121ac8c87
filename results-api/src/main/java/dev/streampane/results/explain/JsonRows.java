// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.core.JsonToken;
import dev.streampane.results.explain.JsonText.Value;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Rows of a topic with one JSON object per record, by contracts device-reading/v1, transaction/v1 and heartbeat/v1, including their legacy
 * forms.
 *
 * @param kind the kind of the values: {@link #READING} or {@link #TRANSACTION}
 * @param zone the zone of times that have none
 */
record JsonRows(String kind, ZoneId zone) implements Rows {

    static final String READING = "reading";
    static final String TRANSACTION = "transaction";
    private static final int MAX_BYTES = 64 * 1024;

    @Override
    public void values(byte[] value, Consumer<Row> sink) throws RejectedRowException {
        Map<String, Value> fields = object(value);
        boolean reading = kind.equals(READING);
        String key = reading ? device(fields) : id(fields, "client");
        long time = FieldParsers.time(text(fields, "ts"), zone);
        sink.accept(new Row(key, time, reading ? weather(fields) : amount(fields), null, 0));
    }

    private static Map<String, Value> object(byte[] value) throws RejectedRowException {
        RejectedRowException.unless(value != null && value.length <= MAX_BYTES);
        return JsonText.object(FieldParsers.utf8(value));
    }

    static Row heartbeat(byte[] value) throws RejectedRowException {
        return new Row(null, FieldParsers.time(text(object(value), "ts"), null), null, null, 0);
    }

    private static long[] weather(Map<String, Value> fields) throws RejectedRowException {
        return new long[] {
            FieldParsers.units(number(fields, "temperature"), 6), FieldParsers.units(number(fields, "humidity"), 6)
        };
    }

    private static String device(Map<String, Value> fields) throws RejectedRowException {
        if (!fields.containsKey("device")) {
            return id(fields, "client");
        }
        String device = id(fields, "device");
        RejectedRowException.unless(
                !fields.containsKey("client") || id(fields, "client").equals(device));
        return device;
    }

    private static long[] amount(Map<String, Value> fields) throws RejectedRowException {
        if (fields.containsKey("merchant")) {
            text(fields, "merchant");
        }
        for (String degrees : new String[] {"lat", "lon"}) {
            if (fields.containsKey(degrees)) {
                number(fields, degrees);
            }
        }
        return new long[] {FieldParsers.units(number(fields, "amount"), 4)};
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
        RejectedRowException.unless(value != null && allowed.test(value.type()));
        return value.text();
    }
}
