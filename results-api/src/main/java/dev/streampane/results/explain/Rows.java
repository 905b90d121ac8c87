// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What one record of an input says, row by row and in its order. */
interface Rows {

    /** Takes the rows of one record. */
    interface Sink {
        /** An event time alone. */
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

    /** What the header {@code kind} may say of a record with values, where there is one. */
    String kind();

    /**
     * Hands over the values in that of a record.
     *
     * @throws RejectedRowException when the job had to reject all of it, or all of the rest
     */
    void values(byte[] value, Sink sink) throws RejectedRowException;

    /** Hands over the rows of {@code record}; at least one. */
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
