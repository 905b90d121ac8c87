// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.decode.Decoded;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The decoded records of one partition in one poll. Extends {@link ConsumerRecord} only because the connector passes nothing else from its
 * fetcher to its reader.
 */
final class DecodedRecords<T> extends ConsumerRecord<byte[], byte[]> {

    private final List<Decoded<T>> rows = new ArrayList<>();
    private final ListCollector<Decoded<T>> collector = new ListCollector<>(rows);
    private int records;
    private long next;

    /** Empty; {@code first} is the first record that will be added. */
    DecodedRecords(ConsumerRecord<byte[], byte[]> first) {
        super(first.topic(), first.partition(), first.offset(), null, null);
    }

    void add(ConsumerRecord<byte[], byte[]> record, DecodeRecords<T> decode) {
        decode.deserialize(record, collector);
        records++;
        next = record.offset() + 1;
    }

    /** In the order of the partition. */
    List<Decoded<T>> rows() {
        return rows;
    }

    /** Number of records to which the rows belong. */
    int records() {
        return records;
    }

    /** The offset after the last record. */
    long next() {
        return next;
    }
}
