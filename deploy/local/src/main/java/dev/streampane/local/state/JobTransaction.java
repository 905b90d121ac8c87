// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * A transaction of a job that has not ended. While it is open it holds back every {@code
 * read_committed} reader of its partitions.
 *
 * @param job job that opened it
 * @param generation the job's generation
 * @param transactionalId {@code <job>-<generation>-<subtask>-<checkpoint>}
 * @param checkpointId the checkpoint whose completion commits it
 * @param state ONGOING, or on its way to an end
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
     * Whether a completed checkpoint has promised it: then only the job restored from that state
     * may end it, by commit. The others are orphans, which nobody will ever commit.
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

    /** Whether its first record came before that time. */
    public boolean isOlderThan(Duration age) {
        return startedAt.filter(Instant.now().minus(age)::isAfter).isPresent();
    }
}
