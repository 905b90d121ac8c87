// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Parses the records of an input topic into rows. */
interface Rows {

    /**
     * One row of a record.
     *
     * @param key null for a heartbeat, which has only an event time
     * @param time its event time, ms since the epoch
     * @param units one number per metric, in units of its scale; none for a text
     * @param text the text; null for numbers
     * @param number number of the row in its record
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Row(String key, long time, long[] units, String text, int number) {

        /** A row that the job had to reject. */
        static final Row REJECTED = new Row(null, 0, null, null, 0);
    }

    /** What header {@code kind} has to be in a record with values, if the record has this header. */
    String kind();

    /**
     * Passes the rows in a record's value to {@code sink}, in their order.
     *
     * @throws RejectedRowException when the job had to reject the whole value, or all of it after the rows that were passed
     */
    void values(byte[] value, Consumer<Row> sink) throws RejectedRowException;

    /** Passes the rows of {@code record} to {@code sink}; at least one. */
    default void read(ConsumerRecord<byte[], byte[]> record, Consumer<Row> sink) {
        Header header = record.headers().lastHeader("kind");
        String kind =
                header == null || header.value() == null ? kind() : new String(header.value(), StandardCharsets.UTF_8);
        try {
            if (kind.equals("heartbeat")) {
                sink.accept(JsonRows.heartbeat(record.value()));
            } else if (kind.equals(kind())) {
                values(record.value(), sink);
            } else {
                sink.accept(Row.REJECTED);
            }
        } catch (RejectedRowException rejected) {
            sink.accept(Row.REJECTED);
        }
    }
}
