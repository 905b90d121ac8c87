// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import java.io.IOException;
import java.util.Properties;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Fetches as Kafka's connector does, and decodes at once: of each partition that a poll has records of, one {@link DecodedRecords}. */
@SuppressWarnings("try") // close() as the connector has it
final class DecodingSplitReader<T> extends KafkaPartitionSplitReader {

    private final PollMetrics metrics;
    private final DecodeRecords<T> decode;

    /** Told of a partition's offset once per poll; the connector would tell of each record. */
    static final class PollMetrics extends KafkaSourceReaderMetrics {

        PollMetrics(SourceReaderMetricGroup metrics) {
            super(metrics);
        }

        @Override
        public void recordCurrentOffset(TopicPartition partition, long offset) {}

        private void polled(DecodedRecords<?> records) {
            super.recordCurrentOffset(new TopicPartition(records.topic(), records.partition()), records.next() - 1);
        }
    }

    DecodingSplitReader(
            Properties consumer, SourceReaderContext context, PollMetrics metrics, DecodeRecords<T> decode) {
        super(consumer, context, metrics);
        this.metrics = metrics;
        this.decode = decode;
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> polled = super.fetch();
        var decoded = new RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>>();
        for (String split = polled.nextSplit(); split != null; split = polled.nextSplit()) {
            ConsumerRecord<byte[], byte[]> record = polled.nextRecordFromSplit();
            if (record != null) {
                var records = new DecodedRecords<T>(record);
                for (; record != null; record = polled.nextRecordFromSplit()) {
                    records.add(record, decode);
                }
                metrics.polled(records);
                decoded.add(split, records);
            }
        }
        decoded.addFinishedSplits(polled.finishedSplits());
        return decoded.build();
    }
}
