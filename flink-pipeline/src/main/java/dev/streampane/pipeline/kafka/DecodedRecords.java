// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.decode.Decoded;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one poll gave of a partition, decoded. A record only in name: between the connector's fetcher and its reader there is no place for
 * anything else.
 */
final class DecodedRecords<T> extends ConsumerRecord<byte[], byte[]> {

    private final List<Decoded<T>> rows = new ArrayList<>();
    private final ListCollector<Decoded<T>> collector = new ListCollector<>(rows);
    private int records;
    private long next;

    /** None yet, and {@code first} is the first to come. */
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

    /** How many records they are the rows of. */
    int records() {
        return records;
    }

    /** The offset after the last of them. */
    long next() {
        return next;
    }
}
