// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.io.Serializable;
import java.util.List;

/**
 * Decodes the records of a topic whose values are JSON objects: those of one kind, and heartbeats.
 *
 * @param kind the header {@code kind} that the records may have; they may have none
 * @param fields the names of the fields that {@code body} looks at
 * @param body makes a value of the fields
 */
public record JsonRecords<T>(String kind, List<String> fields, Body<T> body)
        implements Serializable {

    /** Makes a value of an object's fields. */
    @FunctionalInterface
    public interface Body<T> extends Serializable {
        /** The value with its event time, as {@link Decoded#value}. */
        Decoded<T> decode(Fetched fetched, JsonFields fields) throws Rejection;
    }

    /** What {@code fetched} holds; never throws. */
    public Decoded<T> decode(Fetched fetched) {
        try {
            if (fetched.value() == null || fetched.value().length == 0) {
                throw new Rejection(RejectReason.EMPTY, "no value");
            }
            if (fetched.kind() == null || fetched.kind().equals(kind)) {
                return body.decode(fetched, JsonFields.read(fetched.value(), fields));
            }
            if (fetched.kind().equals(Fetched.HEARTBEAT)) {
                return Decoded.heartbeat(fetched, HeartbeatDecoder.eventTime(fetched.value()));
            }
            throw new Rejection(
                    RejectReason.UNKNOWN_TYPE, "header kind is " + Rejection.show(fetched.kind()));
        } catch (Rejection rejection) {
            return Decoded.rejected(fetched, rejection.reason(), rejection.getMessage());
        } catch (RuntimeException e) {
            // A record that no check foresaw must not restart the job for ever.
            return Decoded.rejected(fetched, RejectReason.NOT_JSON, "unreadable: " + e);
        }
    }
}
