// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.TopicLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The audit lines that were found, by partition, in the order of their offsets and without a gap.
 *
 * @param fromStart the partitions whose first line here is the first that was ever written
 * @param corrections the rows that were dropped after they had been counted
 * @param beginsLate whether lines of the scanned time may have expired
 */
record AuditLines(
        Map<TopicPartition, List<AuditedRange>> chains,
        Set<TopicPartition> fromStart,
        Corrections corrections,
        boolean beginsLate) {

    /**
     * Offsets of a result that no line covers.
     *
     * @param open whether they lie after the newest line, so that their line may still come
     */
    record Gap(String topic, int partition, long first, long last, boolean open) {

        /** Says which offsets are not covered, and why: the line has {@code expired}, is still to come ({@link #open}), or is faulty. */
        String say(boolean expired) {
            String which = "No audit line covers offsets %d to %d of %s-%d".formatted(first, last, topic, partition);
            if (expired) {
                return which + ": the audit begins later.";
            }
            return which
                    + (open
                            ? " yet: a job writes it with the first checkpoint after its audit interval, or after its next start; ask again later."
                            : ": see /api/v1/audit for what is wrong with it.");
        }
    }

    /**
     * The newest line, the line that ends right before it, and so on, in the order of their offsets. Of several lines that end at the same
     * offset, takes the one of the newest generation. Ends at the line with which a generation began without state.
     */
    static List<AuditedRange> chain(List<AuditedRange> all) {
        Comparator<AuditedRange> newest =
                Comparator.comparingInt(AuditedRange::generation).thenComparingLong(AuditedRange::last);
        Map<Long, List<AuditedRange>> byLast = new HashMap<>();
        all.forEach(line ->
                byLast.computeIfAbsent(line.last(), l -> new ArrayList<>()).add(line));
        Deque<AuditedRange> chain = new ArrayDeque<>();
        Optional<AuditedRange> line = all.stream().max(newest);
        while (line.isPresent()) {
            AuditedRange found = line.get();
            chain.addFirst(found);
            line = byLast.getOrDefault(found.first() - 1, List.of()).stream()
                    .filter(before -> found.goesOnFrom(before))
                    .max(newest);
        }
        return List.copyOf(chain);
    }

    private List<AuditedRange> of(String topic, int partition) {
        return chains.getOrDefault(new TopicPartition(topic, partition), List.of());
    }

    /** The line of the same partition that ends right before {@code line}. */
    Optional<AuditedRange> before(AuditedRange line) {
        return of(line.topic(), line.partition()).stream()
                .filter(other -> other.last() == line.first() - 1)
                .findFirst();
    }

    /** The first offsets that the result names but no line covers; empty if there are none. */
    Optional<Gap> missing(PublishedResult result) {
        for (PublishedResult.Input input : result.inputs()) {
            if (input.isWholeTopic()) {
                continue;
            }
            List<AuditedRange> chain = of(input.topic(), input.partition());
            long first = chain.isEmpty() ? 0 : chain.get(0).first();
            long last = chain.isEmpty() ? -1 : chain.get(chain.size() - 1).last();
            if (first > input.first()) {
                return Optional.of(gap(input, input.first(), Math.min(first - 1, input.last()), false));
            }
            if (last < input.last()) {
                return Optional.of(gap(input, Math.max(last + 1, input.first()), input.last(), true));
            }
        }
        return Optional.empty();
    }

    private static Gap gap(PublishedResult.Input input, long first, long last, boolean open) {
        return new Gap(input.topic(), input.partition(), first, last, open);
    }

    /** Whether the horizon has reached {@code end} in the newest line of each partition. An empty partition needs no line. */
    boolean isClosed(long end, List<TopicLayout> inputs) {
        for (TopicLayout topic : inputs) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                List<AuditedRange> chain = of(topic.name(), partition);
                boolean isEmpty = topic.ends()[partition] <= topic.beginnings()[partition];
                if (chain.isEmpty() ? !isEmpty : chain.get(chain.size() - 1).horizonAfter() < end) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the newest line of each partition is of {@code generation}: a line of an earlier one tells what that one counted. */
    boolean areOf(int generation) {
        return chains.values().stream()
                .allMatch(chain -> chain.get(chain.size() - 1).generation() == generation);
    }

    /** Whether no record with an event time from {@code start} on can lie before the first line of its partition. */
    boolean reachBackTo(long start) {
        return chains.entrySet().stream()
                .filter(chain -> !fromStart.contains(chain.getKey()))
                .map(chain -> chain.getValue().get(0))
                .allMatch(first -> first.clockBefore() < start - Math.max(0, first.skew()));
    }

    /** When the line was written by which the last partition's horizon reached {@code end}, ms since the epoch; {@link Long#MAX_VALUE} if none. */
    long closedSince(long end) {
        return chains.values().stream()
                .flatMap(chain -> chain.stream().filter(line -> line.horizonAfter() >= end).findFirst().stream())
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
        return chains.values().stream().flatMap(List::stream).toList();
    }
}
