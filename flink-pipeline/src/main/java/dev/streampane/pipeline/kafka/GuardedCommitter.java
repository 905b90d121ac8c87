// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A committer that distinguishes lost transactions from those that only look lost.
 *
 * <ul>
 *   <li>Transactions in state that the brokers have committed already are not committed again, because the answer would be the same as for
 *       a lost one ({@link CommittedTransactions}).
 *   <li>For a transactional id that they have forgotten, the brokers answer InvalidPidMapping, and the connector would fail over for ever
 *       (FLINK-39072). Brokers forget an id only long after its transaction has ended, so a recovered transaction was committed, unless
 *       {@code doubt} says that it may have been aborted: then it counts as lost.
 *   <li>After a failure "with known reason" (fenced, aborted, unknown producer) the connector only writes a line to the log, and the job
 *       would continue without the records of the transaction. Here the job fails after the other transactions have been committed, and is
 *       not restarted, because no restart brings the records back.
 * </ul>
 *
 * @param doubt why a recovered committable that the brokers have forgotten may have been aborted; empty if it cannot have been
 * @param aborted who has aborted the transaction of that id; empty if nobody has, or if it cannot be determined
 * @param unused a generation above all known ones, including the given one; called after {@code aborted}
 * @param committed which of the recovered committables have been committed already
 */
@SuppressWarnings("try") // close() throws what Committer.close() may throw
record GuardedCommitter(
        Committer<KafkaCommittable> committer,
        Function<KafkaCommittable, Optional<String>> doubt,
        Function<String, Optional<String>> aborted,
        IntUnaryOperator unused,
        Function<Collection<KafkaCommittable>, Set<KafkaCommittable>> committed,
        Generation generation)
        implements Committer<KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedCommitter.class);

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests) throws IOException, InterruptedException {
        Map<String, Throwable> lost = new LinkedHashMap<>();
        Set<KafkaCommittable> done = alreadyCommitted(requests);
        List<CommitRequest<KafkaCommittable>> guarded = new ArrayList<>(requests.size());
        for (CommitRequest<KafkaCommittable> request : requests) {
            if (done.contains(request.getCommittable())) {
                request.signalAlreadyCommitted();
            } else {
                guarded.add(new GuardedRequest(request, lost));
            }
        }
        Exception beside = null;
        try {
            committer.commit(guarded);
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (lost.isEmpty()) {
                throw e;
            }
            beside = e;
        }
        if (!lost.isEmpty()) {
            throw unrecoverable(lost, beside);
        }
    }

    @Override
    public void close() throws Exception {
        committer.close();
    }

    private Set<KafkaCommittable> alreadyCommitted(Collection<CommitRequest<KafkaCommittable>> requests) {
        List<KafkaCommittable> promised = requests.stream()
                .map(CommitRequest::getCommittable)
                .filter(GuardedCommitter::isRecovered)
                .toList();
        return promised.isEmpty() ? Set.of() : committed.apply(promised);
    }

    /** Whether the committable comes from state and not from a writer of this run. */
    private static boolean isRecovered(KafkaCommittable committable) {
        return committable.getProducer().isEmpty();
    }

    private SuppressRestartsException unrecoverable(Map<String, Throwable> lost, Exception beside) {
        Map.Entry<String, Throwable> first = lost.entrySet().iterator().next();
        Throwable cause = first.getValue();
        String why = aborted.apply(first.getKey())
                .orElseGet(() -> cause.getClass().getSimpleName() + ": " + cause.getMessage());
        var loss = new LostTransactionException(
                ("Lost: the results, late records, dead letters and audit lines in the transactions %s of job %s,"
                                + " generation %d, which a checkpoint had promised and the brokers no longer commit (%s). The"
                                + " job does not start again by itself. To compute them anew from the input: flink run -d"
                                + " JOB-JAR %s --generation %d --start-from earliest, with its other options as"
                                + " before")
                        .formatted(
                                lost.keySet(),
                                generation.job(),
                                generation.number(),
                                why,
                                generation.job(),
                                unused.applyAsInt(generation.number())),
                cause);
        if (beside != null) {
            loss.addSuppressed(beside);
        }
        return new SuppressRestartsException(loss);
    }

    /** Forwards the connector's signals of a request, except for the two that have another meaning here. */
    private final class GuardedRequest implements CommitRequest<KafkaCommittable> {

        private final CommitRequest<KafkaCommittable> request;
        private final Map<String, Throwable> lost;

        GuardedRequest(CommitRequest<KafkaCommittable> request, Map<String, Throwable> lost) {
            this.request = request;
            this.lost = lost;
        }

        @Override
        public KafkaCommittable getCommittable() {
            return request.getCommittable();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            lost.put(getCommittable().getTransactionalId(), reason);
            request.signalFailedWithKnownReason(reason);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            boolean forgotten = ExceptionUtils.findThrowable(reason, InvalidPidMappingException.class)
                    .isPresent();
            if (!forgotten) {
                request.signalFailedWithUnknownReason(reason);
            } else if (!isRecovered(getCommittable())) {
                signalFailedWithKnownReason(reason);
            } else {
                doubt.apply(getCommittable())
                        .ifPresentOrElse(
                                why -> signalFailedWithKnownReason(new IllegalStateException(why, reason)),
                                this::signalCommittedLongAgo);
            }
        }

        private void signalCommittedLongAgo() {
            LOG.info(
                    "Broker no longer has the transaction, so it was committed long ago, id={}",
                    getCommittable().getTransactionalId());
            request.signalAlreadyCommitted();
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable committable) {
            request.updateAndRetryLater(committable);
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }
    }
}
