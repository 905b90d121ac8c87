// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.job.BackOff;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Writes records of Kafka topics to Elasticsearch, at least once and idempotently. A document has a deterministic id, and its version says how
 * new it is, so that a replay changes nothing and an older revision never overwrites a newer one.
 *
 * <ul>
 *   <li>A checkpoint completes only when every record before it is in Elasticsearch or on the dead-letter topic, and the positions that say so are
 *       published ({@link LogPositions}, index {@code window-positions}).
 *   <li>200, 201 and 409 (there is a newer document) are success. Each record that Elasticsearch refuses because of its document becomes one dead
 *       letter with reason {@code index-refused}. Everything else, including a proxy's 400, is tried again without limit, with growing pauses
 *       ({@link BackOff}).
 *   <li>While Elasticsearch is not available, the task blocks with a bounded buffer: there is back-pressure, and checkpoints expire. Nothing
 *       fails, and the job can be cancelled.
 * </ul>
 *
 * <p>All records of a partition must come to the same subtask, in order: chain the sink to the source.
 *
 * @param access the nodes, and how they are reached
 * @param flushInterval the longest time that a record waits for others to share a bulk request with
 * @param bulkActions the most documents in a bulk request, which is also flushed at 1 MiB
 * @param documentsPerRecord the largest number of documents of one record
 * @param job name for dead letters
 * @param generation number for dead letters
 * @param kafka the brokers and the other settings of the dead letters' producer
 * @param deadLettersTopic topic of refused records
 * @param retentions how long indices are kept; indices of other kinds are kept for ever
 */
public record ElasticsearchSink(
        ElasticsearchAccess access,
        Duration flushInterval,
        int bulkActions,
        int documentsPerRecord,
        String job,
        int generation,
        Properties kafka,
        String deadLettersTopic,
        List<IndexRetention> retentions)
        implements Sink<Decoded<IndexRequest>>,
                SupportsWriterState<Decoded<IndexRequest>, BufferedRequestState<Decoded<IndexRequest>>> {

    static final int MAX_IN_FLIGHT = 2;
    static final long MAX_BULK_BYTES = 1 << 20;
    private static final int BUFFERED_BULKS = 4;

    public ElasticsearchSink {
        retentions = List.copyOf(retentions);
    }

    @Override
    public ElasticsearchWriter createWriter(WriterInitContext context) {
        return restoreWriter(context, List.of());
    }

    @Override
    public ElasticsearchWriter restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<Decoded<IndexRequest>>> states) {
        return new ElasticsearchWriter(InterruptibleTimers.in(context), this, states);
    }

    AsyncSinkWriterConfiguration configuration() {
        int records = Math.max(1, bulkActions / documentsPerRecord);
        return AsyncSinkWriterConfiguration.builder()
                .setMaxBatchSize(records)
                .setMaxBatchSizeInBytes(MAX_BULK_BYTES)
                .setMaxInFlightRequests(MAX_IN_FLIGHT)
                .setMaxBufferedRequests(BUFFERED_BULKS * records)
                .setMaxTimeInBufferMS(flushInterval.toMillis())
                .setMaxRecordSizeInBytes(MAX_BULK_BYTES)
                .build();
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<Decoded<IndexRequest>>> getWriterStateSerializer() {
        return new IndexRequestSerializer();
    }
}
