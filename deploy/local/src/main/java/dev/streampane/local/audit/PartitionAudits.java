// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.Key;
import dev.streampane.local.state.JobGeneration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The audits of all partitions in all generations, in the order of their first lines, and which of them continues which. */
final class PartitionAudits {

    private final Map<Key, PartitionAudit> partitions = new LinkedHashMap<>();

    /** The audit of the key; empty when no line of it has come. */
    Optional<PartitionAudit> find(Key key) {
        return Optional.ofNullable(partitions.get(key));
    }

    /** Adds an audit for a key whose first line has come. */
    PartitionAudit open(Key key) {
        PartitionAudit partition = new PartitionAudit(key);
        partitions.put(key, partition);
        return partition;
    }

    Collection<PartitionAudit> all() {
        return partitions.values();
    }

    /** The audits of the same partition in older generations of the job. */
    List<PartitionAudit> olderThan(Key key) {
        return partitions.values().stream()
                .filter(older -> precedes(older.key(), key))
                .toList();
    }

    /** The newest of the older audits whose generation's state the job may have been restored from, to continue with offset {@code first}. */
    Optional<PartitionAudit> predecessor(Key key, long first) {
        return olderThan(key).stream()
                .filter(partition -> partition.reaches(first))
                .reduce((older, newer) -> newer);
    }

    boolean isNewest(Key key) {
        return partitions.keySet().stream().noneMatch(other -> precedes(key, other));
    }

    /** Whether the generation has no lines of a lower partition of the same topic. */
    boolean isFirstOfItsTopic(Key key) {
        return of(JobGeneration.of(key)).stream()
                .map(PartitionAudit::key)
                .filter(other -> other.topicId().equals(key.topicId()))
                .allMatch(other -> other.partition() >= key.partition());
    }

    private static boolean precedes(Key older, Key newer) {
        return older.generation() < newer.generation()
                && older.job().equals(newer.job())
                && older.topicId().equals(newer.topicId())
                && older.partition() == newer.partition();
    }

    Set<JobGeneration> generations() {
        return partitions.keySet().stream().map(JobGeneration::of).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    List<PartitionAudit> of(JobGeneration generation) {
        return partitions.values().stream()
                .filter(partition -> JobGeneration.of(partition.key()).equals(generation))
                .toList();
    }

    /** The newest audit of each partition: of the generation, and of those before it back to the last one that began without state. */
    Collection<PartitionAudit> known(JobGeneration generation) {
        int begun = generations().stream()
                .filter(other -> other.job().equals(generation.job()))
                .filter(other -> other.generation() <= generation.generation())
                .filter(other -> of(other).stream().noneMatch(this::goesOn))
                .mapToInt(JobGeneration::generation)
                .max()
                .orElse(0);
        Set<String> topicIds = of(generation).stream()
                .map(partition -> partition.key().topicId())
                .collect(Collectors.toSet());
        return partitions.values().stream()
                .filter(b -> b.key().job().equals(generation.job()))
                .filter(b -> topicIds.contains(b.key().topicId()))
                .filter(b -> begun <= b.key().generation() && b.key().generation() <= generation.generation())
                .collect(Collectors.toMap(
                        b -> List.of(b.key().topicId(), b.key().partition()),
                        Function.identity(),
                        BinaryOperator.maxBy(
                                Comparator.comparingInt(b -> b.key().generation()))))
                .values();
    }

    /**
     * Whether the first line continues an older generation: it has a clock or names that generation, or it follows the last offset of one that had
     * no clock, as in a job without windows.
     */
    private boolean goesOn(PartitionAudit partition) {
        AuditLine first = partition.firstLine();
        return first.goesOn()
                || olderThan(partition.key()).stream()
                        .map(PartitionAudit::lastLine)
                        .anyMatch(last -> last.clockAfter().isEmpty() && last.last() == first.first() - 1);
    }
}
