// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.time.ZoneId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What one record of an input says, row by row and in its order. */
interface Rows {

    /** Takes the rows of one record. */
    interface Sink {
        /** An event time alone. */
        void heartbeat(long time);

        /** A row that the job had to reject. */
        void rejected();

        /**
         * A value.
         *
         * @param row number of the row in its record
         */
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

    /** Hands over the rows of {@code record}; at least one. */
    void read(ConsumerRecord<byte[], byte[]> record, Sink sink);

    /** What the header {@code kind} says; null when there is none. */
    static String kind(ConsumerRecord<byte[], byte[]> record) {
        Header kind = record.headers().lastHeader("kind");
        return kind == null || kind.value() == null
                ? null
                : new String(kind.value(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Rows of topics with one JSON object per record: device readings or transactions. */
    static Rows ofReadings(ZoneId zone) {
        return new JsonRows("reading", fields -> JsonRows.reading(fields, zone));
    }

    /** See {@link #ofReadings}. */
    static Rows ofTransactions(ZoneId zone) {
        return new JsonRows("transaction", fields -> JsonRows.transaction(fields, zone));
    }
}
