// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Where input partitions end for a job, which reads what is committed: behind the last record, and not behind the markers of transactions and
 * what they aborted. Those offsets are covered only with a record behind them. What no job covers is read once, of partitions that grow no more.
 */
final class RecordEnds {

    private static final Logger LOG = Logger.getLogger(RecordEnds.class);

    /** Offsets of a partition that no job's audit covers. */
    private record Tail(TopicPartition partition, long from, long end) {}

    private final LogReaders log;
    private final Map<Tail, Boolean> haveRecords = new HashMap<>();
    private Set<Tail> before = Set.of();

    RecordEnds(LogReaders log) {
        this.log = log;
    }

    /** The same partitions, those without a record in their tails ending before them. */
    Map<TopicPartition, Input> of(Map<TopicPartition, Input> inputs, List<PartitionAudit> audits) {
        Set<Tail> tails = tails(inputs, audits);
        haveRecords.keySet().retainAll(tails);
        try {
            tails.stream().filter(before::contains).forEach(tail -> haveRecords.computeIfAbsent(tail, this::hasRecord));
        } catch (RuntimeException e) {
            LOG.debugf("The end of an input partition is not read: cause=%s", e);
        }
        before = tails;
        Map<TopicPartition, Input> ends = new TreeMap<>(TopicLayout.PARTITION_ORDER);
        ends.putAll(inputs);
        haveRecords.forEach((tail, has) -> ends.computeIfPresent(
                tail.partition(), (partition, input) -> has ? input : input.endingAt(tail.from())));
        return ends;
    }

    private static Set<Tail> tails(Map<TopicPartition, Input> inputs, List<PartitionAudit> audits) {
        Map<TopicPartition, Long> covered = new HashMap<>();
        for (PartitionAudit audit : audits) {
            audit.input(inputs).ifPresent(input -> covered.merge(audit.topicPartition(), audit.last() + 1, Math::max));
        }
        Set<Tail> tails = new HashSet<>();
        covered.forEach((partition, from) -> {
            Input input = inputs.get(partition);
            if (input.start() <= from && from < input.end()) {
                tails.add(new Tail(partition, from, input.end()));
            }
        });
        return tails;
    }

    /** Also of one that is hidden by an open transaction, whose end makes it another one. */
    private boolean hasRecord(Tail tail) {
        long from = tail.from();
        while (from < tail.end()) {
            Chunk chunk = log.read(tail.partition().topic(), tail.partition().partition(), from, tail.end(), 1)
                    .await()
                    .indefinitely();
            if (!chunk.records().isEmpty() || chunk.next() == from) {
                return true;
            }
            from = chunk.next();
        }
        return false;
    }
}
