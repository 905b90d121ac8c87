// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Decodes the records of a topic whose values are JSON objects of one kind, and heartbeats. {@link FlatFields} reads records of the usual form
 * and {@link JsonFields} reads all others, with the same verdicts; metric {@value #UNUSUAL} counts the others.
 */
public class JsonRecords<T> implements RecordDecoder<T> {

    static final String UNUSUAL = "unusual";

    private final Class<T> type;
    private final String kind;
    private final List<String> fields;
    private final Body<T> body;
    private transient FlatFields flat;
    private transient Counter unusual;

    /** Makes a value from an object's fields. */
    @FunctionalInterface
    public interface Body<T> extends Serializable {
        /** Returns the value with its event time, as {@link Decoded#value} does. */
        Decoded<T> decode(Fetched fetched, Fields fields) throws Rejection;
    }

    /**
     * @param type of the values
     * @param kind the value of the header {@code kind}; records without the header are allowed
     * @param fields the names of the fields that {@code body} reads
     * @param body makes a value from the fields
     */
    public JsonRecords(Class<T> type, String kind, List<String> fields, Body<T> body) {
        this.type = type;
        this.kind = kind;
        this.fields = fields;
        this.body = body;
    }

    @Override
    public final void open(MetricGroup metrics) {
        unusual = metrics.counter(UNUSUAL, new SimpleCounter());
    }

    @Override
    public final Decoded<T> read(Fetched fetched) throws Rejection {
        if (fetched.isHeartbeat()) {
            return HeartbeatDecoder.decode(fetched);
        }
        byte[] value = fetched.valueOfKind(kind);
        if (flat == null) {
            flat = new FlatFields(fields);
        }
        if (flat.read(value)) {
            try {
                return body.decode(fetched, flat);
            } catch (Rejection askJsonFields) {
                // JsonFields gives the reason, below
            }
        }
        if (unusual != null) {
            unusual.inc();
        }
        return body.decode(fetched, JsonFields.read(value, fields));
    }

    @Override
    public final TypeInformation<T> valueType() {
        return TypeInformation.of(type);
    }
}
