// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Parses the records of an input topic into rows. */
interface Rows {

    /** Takes the rows of one record, in their order. */
    interface Sink {
        /** A heartbeat, which has only an event time. */
        void heartbeat(long time);

        /** A row that the job had to reject. */
        default void rejected() {}

        /** A value; {@code row} is the number of the row in its record. */
        void value(String key, long time, Measurement measured, int row);
    }

    /**
     * What a row measures.
     *
     * @param units one number per metric, in units of its scale; none for a text
     * @param text the text; null for numbers
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Measurement(long[] units, String text) {}

    /** What header {@code kind} has to be in a record with values, if the record has this header. */
    String kind();

    /**
     * Passes the rows in a record's value to {@code sink}.
     *
     * @throws RejectedRowException when the job had to reject the whole value, or all of it after the rows that were passed
     */
    void values(byte[] value, Sink sink) throws RejectedRowException;

    /** Passes the rows of {@code record} to {@code sink}; at least one. */
    default void read(ConsumerRecord<byte[], byte[]> record, Sink sink) {
        Header header = record.headers().lastHeader("kind");
        String kind =
                header == null || header.value() == null ? kind() : new String(header.value(), StandardCharsets.UTF_8);
        try {
            if (kind.equals("heartbeat")) {
                sink.heartbeat(JsonRows.heartbeat(record.value()));
            } else if (kind.equals(kind())) {
                values(record.value(), sink);
            } else {
                sink.rejected();
            }
        } catch (RejectedRowException rejected) {
            sink.rejected();
        }
    }
}
