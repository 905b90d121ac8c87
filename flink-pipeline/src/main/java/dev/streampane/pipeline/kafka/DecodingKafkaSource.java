// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.decode.Decoded;
import java.io.IOException;
import java.util.Properties;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A Kafka source whose fetcher thread decodes the records, while their bytes are in the cache of its core, and hands them to the task one
 * poll at a time. Kafka's own source hands over the bytes of each record, and the task waits for them to be loaded from memory: with 95
 * bytes per record, that took longer than decoding them.
 *
 * @param kafka the source, for everything but the readers
 * @param consumer the complete properties of the readers
 */
record DecodingKafkaSource<T>(KafkaSource<Decoded<T>> kafka, DecodeRecords<T> decode, Properties consumer)
        implements Source<Decoded<T>, KafkaPartitionSplit, KafkaSourceEnumState> {

    @Override
    public SourceReader<Decoded<T>, KafkaPartitionSplit> createReader(SourceReaderContext context) {
        decode.open(context.metricGroup().addGroup("deserializer"));
        var metrics = new PollMetrics(context.metricGroup());
        // not used by the reader and its fetchers, which share a queue of their own, of two polls
        var polls = new FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
        return new KafkaSourceReader<>(
                polls,
                new KafkaSourceFetcherManager(
                        polls, () -> new DecodingSplitReader<>(consumer, context, metrics, decode), finished -> {}),
                emitter(context.metricGroup().getIOMetricGroup().getNumRecordsInCounter()),
                ConfigurationUtils.createConfiguration(consumer),
                context,
                metrics);
    }

    /** The reader counts as one record all records of a partition in one poll. */
    @SuppressWarnings("unchecked") // the split reader gives nothing else
    static <T> RecordEmitter<ConsumerRecord<byte[], byte[]>, Decoded<T>, KafkaPartitionSplitState> emitter(
            Counter records) {
        return (polled, output, split) -> {
            var decoded = (DecodedRecords<T>) polled;
            decoded.rows().forEach(output::collect);
            split.setCurrentOffset(decoded.next());
            records.inc(decoded.records() - 1);
        };
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws IOException {
        return kafka.restoreEnumerator(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    /** Fetches as Kafka's connector does, and decodes at once: one {@link DecodedRecords} per partition that has records in a poll. */
    @SuppressWarnings("try") // close() as the connector has it
    private static final class DecodingSplitReader<T> extends KafkaPartitionSplitReader {

        private final PollMetrics metrics;
        private final DecodeRecords<T> decode;

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

    /** Updates the offset of a partition once per poll; the connector does so for each record. */
    private static final class PollMetrics extends KafkaSourceReaderMetrics {

        PollMetrics(SourceReaderMetricGroup metrics) {
            super(metrics);
        }

        @Override
        public void recordCurrentOffset(TopicPartition partition, long offset) {}

        private void polled(DecodedRecords<?> records) {
            super.recordCurrentOffset(new TopicPartition(records.topic(), records.partition()), records.next() - 1);
        }
    }
}
