// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.job.Brokers;
import dev.streampane.pipeline.job.JobRuns;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.kafka.clients.admin.TransactionListing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's {@link KafkaSink} with a committer that reports lost transactions and accepts transactions that were committed long ago
 * ({@link GuardedCommitter}). At its start it aborts the open transactions of older generations.
 *
 * <p>Its state is that of the wrapped sink, and for each transaction the time at which it was promised ({@link DatedCommittable}).
 *
 * @param runsTopic the topic with the generations of the job, and the transactions of others that they have aborted
 */
record ExactlyOnceSink<T>(
        KafkaSink<T> sink, Generation generation, Properties kafka, Duration transactionTimeout, String runsTopic)
        implements Sink<T>,
                SupportsWriterState<T, KafkaWriterState>,
                SupportsCommitter<KafkaCommittable>,
                SupportsPostCommitTopology<KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(ExactlyOnceSink.class);
    private static final long NO_STATE = -1;

    @Override
    public StatefulSinkWriter<T, KafkaWriterState> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<T, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> states) throws IOException {
        if (context.getTaskInfo().getIndexOfThisSubtask() == 0) {
            int held = states.stream()
                    .map(KafkaWriterState::getTransactionalIdPrefix)
                    .flatMap(prefix -> generation.ofPrefix(prefix).stream())
                    .max(Comparator.naturalOrder())
                    .orElse(Generation.UNKNOWN);
            if (held != generation.number()) {
                abortOlder(held, context.getRestoredCheckpointId().orElse(NO_STATE));
            }
        }
        return new QuietlyClosedWriter<>(
                sink.restoreWriter(context, states.stream().map(this::asOwn).toList()));
    }

    /**
     * The state with the prefix of this generation. With the prefix of an older one, the wrapped sink would begin a transaction under each
     * id of that generation, also of committed ones, which could then not be distinguished from aborted ones. {@link #abortOlder} aborts
     * the open ones and records which.
     */
    private KafkaWriterState asOwn(KafkaWriterState state) {
        return new KafkaWriterState(
                generation.prefix(),
                state.getOwnedSubtaskId(),
                state.getTotalNumberOfOwnedSubtasks(),
                state.getTransactionOwnership(),
                state.getPrecommittedTransactionalIds());
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context) {
        var forgotten = new ForgottenTransactions(runs(), generation.job(), transactionTimeout);
        return new GuardedCommitter(
                sink.createCommitter(context),
                forgotten,
                forgotten::aborted,
                forgotten::unused,
                new CommittedTransactions(kafka),
                generation);
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return new DatedCommittable.Serializer(sink.getCommittableSerializer());
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    /** Keeps writer and committer of a subtask together, as the wrapped sink requires. */
    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<KafkaCommittable>> committed) {
        sink.addPostCommitTopology(committed);
    }

    private JobRuns runs() {
        return new JobRuns(runsTopic, kafka);
    }

    private void abortOlder(int held, long upTo) {
        try (Brokers brokers = Brokers.connect(kafka)) {
            List<String> older = brokers.openTransactions().stream()
                    .map(TransactionListing::transactionalId)
                    .filter(id -> generation.outdates(id, held, upTo))
                    .toList();
            if (!older.isEmpty()) {
                LOG.warn(
                        "Aborting open transactions of older generations, generation={} ids={}",
                        generation.number(),
                        older);
                runs().addAborted(generation.job(), generation.number(), older);
                brokers.abort(older);
            }
        }
    }
}
