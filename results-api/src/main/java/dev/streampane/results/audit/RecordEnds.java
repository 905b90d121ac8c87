// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Finds where input partitions end for a job, which reads committed records only: after the last record, not after the transaction markers
 * or aborted records at the end. An audit covers those only when a record follows them. The offsets that no job covers are therefore read,
 * for partitions that no longer grow, with one fetch per look.
 */
final class RecordEnds {

    private static final Logger LOG = Logger.getLogger(RecordEnds.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int ONE_RECORD = 1;
    private static final long HAS_A_RECORD = -1;

    /** Offsets of a partition that no job's audit covers. */
    private record Tail(TopicPartition partition, long from, long end) {}

    private final LogReaders log;

    /** For each tail of the last look the offset up to which it has no record, or {@link #HAS_A_RECORD}. */
    private Map<Tail, Long> searched = Map.of();

    RecordEnds(LogReaders log) {
        this.log = log;
    }

    /** The same partitions; one whose tail has no record ends where the tail begins. */
    Map<TopicPartition, Input> of(Map<TopicPartition, Input> inputs, List<PartitionAudit> audits) {
        Map<TopicPartition, Long> covered = new HashMap<>();
        for (PartitionAudit audit : audits) {
            audit.input(inputs).ifPresent(input -> covered.merge(audit.topicPartition(), audit.last() + 1, Math::max));
        }
        Map<TopicPartition, Input> ends = new TreeMap<>(TopicLayout.PARTITION_ORDER);
        Map<Tail, Long> found = new HashMap<>();
        inputs.forEach((partition, input) -> {
            var tail = new Tail(partition, Math.max(input.start(), covered.getOrDefault(partition, 0L)), input.end());
            long next = searched.containsKey(tail) ? search(tail, searched.get(tail)) : tail.from();
            found.put(tail, next);
            ends.put(partition, next == tail.end() ? input.endingAt(tail.from()) : input);
        });
        searched = found;
        return ends;
    }

    /** Continues at {@code next}. An open transaction that blocks the reading counts as a record; when it ends, the tail becomes another one. */
    private long search(Tail tail, long next) {
        if (next == HAS_A_RECORD || next == tail.end()) {
            return next;
        }
        try {
            TopicPartition partition = tail.partition();
            Chunk chunk = log.read(partition.topic(), partition.partition(), next, tail.end(), ONE_RECORD)
                    .await()
                    .atMost(PATIENCE);
            return chunk.records().isEmpty() && chunk.next() > next ? chunk.next() : HAS_A_RECORD;
        } catch (RuntimeException e) {
            LOG.debugf("The end of an input partition is not read: partition=%s cause=%s", tail.partition(), e);
            return next;
        }
    }
}
