// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.PublishedResult.Input;
import dev.streampane.results.log.TopicLayout;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * The audit lines that were found, by partition and first offset, without a gap.
 *
 * @param fromStart the partitions whose first line here is the first that was ever written
 * @param corrections the rows that were dropped after they had been counted
 * @param beginsLate whether lines of the scanned time may have expired
 */
record AuditLines(
        Map<TopicPartition, NavigableMap<Long, AuditedRange>> chains,
        Set<TopicPartition> fromStart,
        Corrections corrections,
        boolean beginsLate) {

    /**
     * The newest line, the line that ends right before it, and so on, in the order of their offsets. Of several lines that end at the same
     * offset, takes the one of the newest generation. Ends at the line with which a generation began without state.
     */
    static NavigableMap<Long, AuditedRange> chain(List<AuditedRange> all) {
        Comparator<AuditedRange> newest =
                Comparator.comparingInt(AuditedRange::generation).thenComparingLong(AuditedRange::last);
        Map<Long, List<AuditedRange>> byLast = all.stream().collect(Collectors.groupingBy(AuditedRange::last));
        NavigableMap<Long, AuditedRange> chain = new TreeMap<>();
        Optional<AuditedRange> line = all.stream().max(newest);
        while (line.isPresent()) {
            AuditedRange found = line.get();
            chain.put(found.first(), found);
            line = byLast.getOrDefault(found.first() - 1, List.of()).stream()
                    .filter(before -> found.goesOnFrom(before))
                    .max(newest);
        }
        return chain;
    }

    private NavigableMap<Long, AuditedRange> of(TopicPartition partition) {
        return chains.getOrDefault(partition, Collections.emptyNavigableMap());
    }

    /** The line of the same partition that ends right before {@code line}. */
    Optional<AuditedRange> before(AuditedRange line) {
        return Optional.ofNullable(of(line.partition()).lowerEntry(line.first()))
                .map(Map.Entry::getValue);
    }

    /** Says which offsets the result names but no line covers, the first of them, and why; empty if there are none. */
    Optional<NotRecomputedException> missing(PublishedResult result) {
        for (Input input : result.inputs()) {
            if (input.isWholeTopic()) {
                continue;
            }
            TopicPartition partition = new TopicPartition(input.topic(), input.partition());
            NavigableMap<Long, AuditedRange> chain = of(partition);
            long first = chain.isEmpty() ? 0 : chain.firstKey();
            long last = chain.isEmpty() ? -1 : chain.lastEntry().getValue().last();
            if (first > input.first()) {
                return missing(
                        partition,
                        input.first(),
                        Math.min(first - 1, input.last()),
                        ": see /api/v1/audit for what is wrong with it.");
            }
            if (last < input.last()) {
                return missing(
                        partition,
                        Math.max(last + 1, input.first()),
                        input.last(),
                        " yet: a job writes it with the first checkpoint after its audit interval, or after its next start; ask again later.");
            }
        }
        return Optional.empty();
    }

    private Optional<NotRecomputedException> missing(TopicPartition partition, long first, long last, String why) {
        return Optional.of(NotRecomputedException.unaudited(
                partition, first, last, beginsLate ? ": the audit begins later." : why));
    }

    /** Whether the horizon has reached {@code end} in the newest line of each partition. An empty partition needs no line. */
    boolean isClosed(long end, List<TopicLayout> inputs) {
        return inputs.stream()
                .allMatch(topic -> topic.topicPartitions().stream().allMatch(partition -> {
                    int number = partition.partition();
                    NavigableMap<Long, AuditedRange> chain = of(partition);
                    return chain.isEmpty()
                            ? topic.ends()[number] <= topic.beginnings()[number]
                            : chain.lastEntry().getValue().horizonAfter() >= end;
                }));
    }

    /** Whether the newest line of each partition is of {@code generation}: a line of an earlier one tells what that one counted. */
    boolean areOf(int generation) {
        return chains.values().stream()
                .allMatch(chain -> chain.lastEntry().getValue().generation() == generation);
    }

    /** Whether no record with an event time from {@code start} on can lie before the first line of its partition. */
    boolean reachBackTo(long start) {
        return chains.entrySet().stream()
                .filter(chain -> !fromStart.contains(chain.getKey()))
                .map(chain -> chain.getValue().firstEntry().getValue())
                .allMatch(first -> first.clockBefore() < start - Math.max(0, first.skew()));
    }

    /** When the line was written by which the last partition's horizon reached {@code end}, ms since the epoch; {@link Long#MAX_VALUE} if none. */
    long closedSince(long end) {
        return chains.values().stream()
                .flatMap(chain -> chain.values().stream()
                        .filter(line -> line.horizonAfter() >= end)
                        .limit(1))
                .mapToLong(AuditedRange::appended)
                .max()
                .orElse(Long.MAX_VALUE);
    }

    /** The lines over the offsets that the result names. */
    List<AuditedRange> named(PublishedResult result) {
        return all().stream()
                .filter(line -> result.inputs().stream().anyMatch(line::overlaps))
                .toList();
    }

    /** The lines over the offsets that the result names, and all others in which rows in or beside its window may have been counted. */
    List<AuditedRange> holding(PublishedResult result, WindowRule rule) {
        long beside = rule.closedAt(result.endMillis()) - result.endMillis();
        return all().stream()
                .filter(line -> line.mayHold(result.startMillis() - beside, result.endMillis() + beside)
                        || result.inputs().stream().anyMatch(line::overlaps))
                .toList();
    }

    private List<AuditedRange> all() {
        return chains.values().stream()
                .flatMap(chain -> chain.values().stream())
                .toList();
    }
}
