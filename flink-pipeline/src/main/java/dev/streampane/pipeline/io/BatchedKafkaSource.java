// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Flink's {@link KafkaSource}, which hands on up to {@value #BATCH} records of a partition at a time: what Flink does once per record that
 * is handed on, asking for mail and for the next one, is a fifth of what a small record costs. Splits and state are the source's own.
 */
final class BatchedKafkaSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {

    /** Checkpoints wait for a batch that has begun: some 50 us. */
    static final int BATCH = 100;

    private static final long serialVersionUID = 1L;

    private final KafkaSource<T> source;
    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final Properties properties;

    /**
     * @param source made with the two others
     * @param properties all of the consumer's
     */
    BatchedKafkaSource(
            KafkaSource<T> source,
            KafkaRecordDeserializationSchema<T> deserializer,
            Properties properties) {
        this.source = source;
        this.deserializer = deserializer;
        this.properties = properties;
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
            throws Exception {
        var queue =
                new FutureCompletingBlockingQueue<
                        RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
        deserializer.open(
                new DeserializationSchema.InitializationContext() {
                    @Override
                    public MetricGroup getMetricGroup() {
                        return context.metricGroup().addGroup("deserializer");
                    }

                    @Override
                    public UserCodeClassLoader getUserCodeClassLoader() {
                        return context.getUserCodeClassLoader();
                    }
                });
        var metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        var configuration = new Configuration();
        properties
                .stringPropertyNames()
                .forEach(name -> configuration.setString(name, properties.getProperty(name)));
        return new KafkaSourceReader<>(
                queue,
                new KafkaSourceFetcherManager(
                        queue, () -> new BatchReader(properties, context, metrics), finished -> {}),
                new BatchEmitter<>(
                        deserializer,
                        context.metricGroup().getIOMetricGroup().getNumRecordsInCounter()),
                configuration,
                context,
                metrics);
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return source.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
            throws Exception {
        return source.restoreEnumerator(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return source.getProducedType();
    }

    /** Records of one partition, in the place of one of them. */
    private static final class Batch extends ConsumerRecord<byte[], byte[]> {

        private final List<ConsumerRecord<byte[], byte[]>> records;

        Batch(List<ConsumerRecord<byte[], byte[]>> records) {
            super(
                    records.get(0).topic(),
                    records.get(0).partition(),
                    records.get(0).offset(),
                    null,
                    null);
            this.records = records;
        }
    }

    @SuppressWarnings("try") // as the one that it extends
    private static final class BatchReader extends KafkaPartitionSplitReader {

        BatchReader(
                Properties properties,
                SourceReaderContext context,
                KafkaSourceReaderMetrics metrics) {
            super(properties, context, metrics);
        }

        @Override
        public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
            return new Batches(super.fetch());
        }
    }

    private record Batches(RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched)
            implements RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> {

        @Override
        public String nextSplit() {
            return fetched.nextSplit();
        }

        @Override
        public ConsumerRecord<byte[], byte[]> nextRecordFromSplit() {
            ConsumerRecord<byte[], byte[]> next = fetched.nextRecordFromSplit();
            if (next == null) {
                return null;
            }
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>(BATCH);
            records.add(next);
            while (records.size() < BATCH && (next = fetched.nextRecordFromSplit()) != null) {
                records.add(next);
            }
            return new Batch(records);
        }

        @Override
        public Set<String> finishedSplits() {
            return fetched.finishedSplits();
        }

        @Override
        public void recycle() {
            fetched.recycle();
        }
    }

    private static final class BatchEmitter<T>
            implements RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState>,
                    Collector<T> {

        private final KafkaRecordDeserializationSchema<T> deserializer;
        private final Counter recordsIn;
        private SourceOutput<T> output;
        private long timestamp;

        BatchEmitter(KafkaRecordDeserializationSchema<T> deserializer, Counter recordsIn) {
            this.deserializer = deserializer;
            this.recordsIn = recordsIn;
        }

        @Override
        public void emitRecord(
                ConsumerRecord<byte[], byte[]> batch,
                SourceOutput<T> out,
                KafkaPartitionSplitState split)
                throws Exception {
            output = out;
            List<ConsumerRecord<byte[], byte[]>> records = ((Batch) batch).records;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                timestamp = record.timestamp();
                deserializer.deserialize(record, this);
                split.setCurrentOffset(record.offset() + 1);
            }
            recordsIn.inc(records.size() - 1L); // Flink counts the batch
        }

        @Override
        public void collect(T decoded) {
            output.collect(decoded, timestamp);
        }

        @Override
        public void close() {}
    }
}
