// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What a decoder made of one fetched record: a value with its event time, a heartbeat (only an event time), or a rejection. Serializable only
 * because Flink's asynchronous sinks want it of what they write.
 *
 * @param fetched the record itself; its bytes go on to the late or dead-letter topic
 * @param value the decoded value; null for heartbeats and rejected records
 * @param eventTime ms since the epoch, or {@link #UNTIMED}; 0 and without meaning for rejected records
 * @param reason null unless rejected
 * @param message what was wrong, in one line; null unless rejected
 */
public record Decoded<T>(Fetched fetched, T value, long eventTime, RejectReason reason, String message)
        implements Serializable {

    /** {@link #eventTime} of values that have none: such values do not advance a clock and are never late. */
    public static final long UNTIMED = Long.MIN_VALUE;

    public static <T> Decoded<T> value(Fetched fetched, T value, long eventTime) {
        return new Decoded<>(fetched, value, eventTime, null, null);
    }

    /** A heartbeat: its producer sends nothing earlier than {@code eventTime} after it. */
    public static <T> Decoded<T> heartbeat(Fetched fetched, long eventTime) {
        return new Decoded<>(fetched, null, eventTime, null, null);
    }

    public static <T> Decoded<T> rejected(Fetched fetched, RejectReason reason, String message) {
        return new Decoded<>(fetched, null, 0, reason, message);
    }

    /** A record that a decoder has rejected. */
    public static <T> Decoded<T> rejected(Fetched fetched, Rejection rejection) {
        return rejected(fetched, rejection.reason(), rejection.getMessage());
    }

    public boolean rejected() {
        return reason != null;
    }

    /** Whether this is only an event time. */
    public boolean heartbeat() {
        return reason == null && value == null;
    }

    /** The type of a stream of decoded values; it uses Kryo only if {@code value} does. */
    public static <T> TypeInformation<Decoded<T>> type(TypeInformation<T> value) {
        return type(Decoded.class, value);
    }

    /** The type of a record that is generic in its component {@code value}. */
    @SuppressWarnings("unchecked")
    public static <R> TypeInformation<R> type(Class<?> record, TypeInformation<?> value) {
        Map<String, TypeInformation<?>> fields = new HashMap<>();
        for (RecordComponent field : record.getRecordComponents()) {
            fields.put(field.getName(), field.getName().equals("value") ? value : TypeInformation.of(field.getType()));
        }
        return (TypeInformation<R>) Types.POJO(record, fields);
    }
}
