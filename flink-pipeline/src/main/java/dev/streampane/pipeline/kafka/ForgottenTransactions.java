// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.TransactionalId;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobRuns;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the reason why a transaction that state promises and the brokers have forgotten may have been aborted; empty if it was committed.
 * Reads the runs of the job once: they have the timeout with which the transaction was open, and the transactions of each other that they
 * have aborted.
 */
final class ForgottenTransactions implements Function<KafkaCommittable, Optional<String>> {

    private static final Logger LOG = LoggerFactory.getLogger(ForgottenTransactions.class);

    private final JobRuns topic;
    private final String job;
    private final Duration transactionTimeout;
    private NavigableMap<Integer, JobRun> runs;

    /**
     * @param transactionTimeout for a transaction whose run is not known
     */
    ForgottenTransactions(JobRuns topic, String job, Duration transactionTimeout) {
        this.topic = topic;
        this.job = job;
        this.transactionTimeout = transactionTimeout;
    }

    @Override
    public Optional<String> apply(KafkaCommittable forgotten) {
        if (runs == null) {
            runs = topic.runs(job);
        }
        String id = forgotten.getTransactionalId();
        if (DatedCommittable.promised(forgotten)
                .filter(promised -> promised.plus(timeout(id, promised)).isBefore(Instant.now()))
                .isPresent()) {
            return Optional.of(
                    "promised longer ago than --transaction-timeout, and expired since, so that it is unknown"
                            + " whether it was aborted");
        }
        return abortedBy(id);
    }

    /**
     * Who has aborted a transaction, whether or not the brokers have forgotten it. Reads the runs again, because that run may be newer.
     * Empty if nobody has, or if it cannot be determined.
     */
    Optional<String> aborted(String id) {
        try {
            runs = topic.runs(job);
        } catch (RuntimeException e) { // must not hide the report of the loss
            LOG.warn("Cannot determine who aborted a transaction, id={} cause={}", id, e.getMessage());
            return Optional.empty();
        }
        return abortedBy(id);
    }

    /** A generation above all that are known of the job, including {@code own}. */
    int unused(int own) {
        return 1 + Math.max(own, runs == null || runs.isEmpty() ? 0 : runs.lastKey());
    }

    private Optional<String> abortedBy(String id) {
        return runs.values().stream()
                .filter(run -> run.aborted().contains(id))
                .findFirst()
                .map(run -> isOf(run, id)
                        ? "given up: aborted by 'streampane tx abort --lose'"
                        : "aborted by generation " + run.generation() + ", which did not continue from this state");
    }

    private static boolean isOf(JobRun run, String id) {
        return TransactionalId.parse(id)
                .filter(parts -> parts.generation() == run.generation())
                .isPresent();
    }

    /** The timeout at the time of the promise: the option may have been changed since. */
    private Duration timeout(String id, Instant promised) {
        return TransactionalId.parse(id)
                .map(parts -> runs.get(parts.generation()))
                .flatMap(run -> JobOption.TRANSACTION_TIMEOUT.at(run, promised))
                .orElse(transactionTimeout);
    }
}
