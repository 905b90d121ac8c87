// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * An open transaction of a job. It holds back every {@code read_committed} reader of its partitions.
 *
 * @param job job that opened it
 * @param generation the job's generation
 * @param transactionalId {@code <job>-<generation>-<subtask>-<checkpoint>}
 * @param checkpointId the checkpoint whose completion commits it
 * @param state {@code ONGOING}, {@code PREPARE_COMMIT} or {@code PREPARE_ABORT}
 * @param startedAt broker time of its first record; empty when it has none yet
 * @param topicPartitions partitions that it has written to
 */
public record JobTransaction(
        String job,
        int generation,
        String transactionalId,
        long checkpointId,
        TransactionState state,
        Optional<Instant> startedAt,
        Set<TopicPartition> topicPartitions) {

    /**
     * Whether a completed checkpoint has promised the transaction. Then only the job restored from that state may end it, by a
     * commit. The others are orphans once the job does not run: nobody will commit them.
     *
     * @param newestCompleted id of the newest completed checkpoint or savepoint, 0 without any
     */
    public boolean promised(long newestCompleted) {
        return checkpointId <= newestCompleted;
    }

    /** Whether the job has opened it in that generation. */
    public boolean isOf(String name, int number) {
        return job.equals(name) && generation == number;
    }

    /** Whether its first record is older than {@code age}; false without a record. */
    public boolean isOlderThan(Duration age) {
        return startedAt.filter(Instant.now().minus(age)::isAfter).isPresent();
    }
}
