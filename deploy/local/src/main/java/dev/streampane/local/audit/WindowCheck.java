// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.audit.AuditReport.Finding;
import dev.streampane.local.state.JobGeneration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Compares what the lines counted in the tumbling windows of all jobs, over all keys, with the counts of the results. It also checks the
 * revision numbers: per key for tumbling windows, per id for the other kinds. A retracted window holds no records.
 *
 * <p>A generation that was restored from an older one's state continues the windows of that one, so
 * the counts of both are added up for it, without those of lines that the state did not hold yet.
 *
 * <p>There may be more results than fit in memory. Then the windows that end last are left for the next pass over the topic: {@link #next}.
 */
final class WindowCheck {

    private final WindowCounts windows = new WindowCounts();

    private final Map<JobGeneration, JobGeneration> predecessors = new HashMap<>();

    /** Counts of lines of older generations whose offsets a generation reads again, as the state that it was restored from did not hold them. */
    private final WindowCounts repeated = new WindowCounts();

    private final List<Repeat> repeats = new ArrayList<>();
    private final List<AuditCorrection> corrections = new ArrayList<>();

    /** By generation: the largest event time possible in lines that it may read again and that are no longer known. */
    private final Map<JobGeneration, Instant> forgotten = new HashMap<>();

    private final Map<String, Boolean> perWindow = new HashMap<>();
    private final EndPasses<WindowResults> passes;

    /** A generation that reads a partition again from offset {@code first} on, after an older one. */
    private record Repeat(JobGeneration generation, AuditLine.Key older, long first) {

        boolean holds(AuditCorrection correction) {
            return correction.job().equals(older.job())
                    && correction.generation() == older.generation()
                    && correction.topic().equals(older.topic())
                    && correction.partition() == older.partition()
                    && correction.offset() >= first;
        }
    }

    /** Windows of one specification in one generation. */
    record WindowKey(JobGeneration of, String spec) {}

    /**
     * What is known of a generation when its windows are compared.
     *
     * @param closed by specification: the horizon of the partition that is furthest behind
     * @param expired the largest event time possible in lines that retention has removed
     * @param newest whether it is the newest generation of one of its partitions
     * @param topic topic of its results
     * @param resultsFrom ms since the epoch: retention may have removed results that were written before
     */
    record Closing(
            JobGeneration generation,
            Function<String, Instant> closed,
            Optional<Instant> expired,
            boolean newest,
            String topic,
            long resultsFrom) {}

    /** @param mostBytes approximate limit of the memory for results; those of windows with the same end are held together, even above it */
    WindowCheck(long mostBytes) {
        this.passes = new EndPasses<>(WindowResults::new, Instant.MAX, mostBytes);
    }

    /** Takes a line, and the time at which it was written, ms since the epoch. */
    void add(AuditLine line, long writtenAt) {
        add(line, writtenAt, JobGeneration.of(line.key()), windows);
    }

    private void add(AuditLine line, long writtenAt, JobGeneration generation, WindowCounts to) {
        for (AuditLine.SpecCounts spec : line.specs()) {
            if (isPerWindow(spec.spec())) {
                WindowKey key = new WindowKey(generation, spec.spec());
                spec.windows().forEach(window -> to.add(key, window.end(), window.counted(), writtenAt));
            }
        }
    }

    private boolean isPerWindow(String spec) {
        return perWindow.computeIfAbsent(spec, AuditLine.SpecCounts::isPerWindow);
    }

    /** Subtracts rows that an operator dropped after a line had counted them. */
    void correct(AuditCorrection correction) {
        if (isPerWindow(correction.spec())) {
            subtract(correction, new JobGeneration(correction.job(), correction.generation()), windows);
            corrections.add(correction);
        }
    }

    private static void subtract(AuditCorrection correction, JobGeneration generation, WindowCounts from) {
        WindowKey key = new WindowKey(generation, correction.spec());
        from.add(key, correction.windowEnd(), -correction.count(), Long.MIN_VALUE);
    }

    /**
     * To be called when all lines are read. A generation that began without older state repeats no lines. Corrections of the lines that a
     * generation repeats are left out together with those lines.
     */
    void finish() {
        repeats.removeIf(repeat -> !predecessors.containsKey(repeat.generation()));
        repeated.byKey().keySet().removeIf(key -> !predecessors.containsKey(key.of()));
        forgotten.keySet().retainAll(predecessors.keySet());
        for (Repeat repeat : repeats) {
            corrections.stream().filter(repeat::holds).forEach(one -> subtract(one, repeat.generation(), repeated));
        }
    }

    /**
     * Takes the first line of a partition in a generation. The predecessor, if any, is the older generation that read the partition up to
     * there. A line that has a clock, or that was open in older state, shows that the generation continues an older one's state and windows. The
     * newest such predecessor of any partition counts, as it may have read only some of them. Where no lines of it are known, {@code readBy} names
     * it. A partition of which the state held nothing has neither a clock nor an open line, and is read from its beginning.
     */
    void begin(AuditLine first, Optional<PartitionAudit> predecessor) {
        JobGeneration generation = JobGeneration.of(first.key());
        predecessor
                .filter(older -> first.goesOn())
                .map(older -> older.key().generation())
                .or(first::readBy)
                .ifPresent(older -> predecessors.merge(
                        generation,
                        new JobGeneration(generation.job(), older),
                        BinaryOperator.maxBy(Comparator.comparingInt(JobGeneration::generation))));
        predecessor.ifPresent(older -> repeat(older, first, generation));
    }

    private void repeat(PartitionAudit predecessor, AuditLine first, JobGeneration generation) {
        repeats.add(new Repeat(generation, predecessor.key(), first.first()));
        predecessor
                .forgotten(first.first())
                .ifPresent(time -> forgotten.merge(generation, time, BinaryOperator.maxBy(Comparator.naturalOrder())));
        predecessor.from(first.first()).forEach(line -> add(line, Long.MIN_VALUE, generation, repeated));
    }

    /** Takes the next revision of a window of the current pass; {@code expired} when retention may have removed the ones before it. */
    void revise(PublishedResult result, String topic, boolean expired) {
        passes.add(result.end(), results -> {
            WindowKey key = new WindowKey(new JobGeneration(result.job(), result.generation()), result.spec());
            long rev = result.version().rev();
            boolean ofKeys = isPerWindow(result.spec());
            if (ofKeys) {
                windows.of(key); // its windows are compared even if no line counts in them
            }
            int before = results.revised(key, ofKeys, result);
            if (rev != before + 1 && !(before == 0 && expired)) {
                results.wrong(new Finding(
                        "revisions",
                        result.job(),
                        result.generation(),
                        topic,
                        -1,
                        "%s: revision %d follows %d".formatted(result.id(), rev, before)));
            }
        });
    }

    /** Whether this is the first pass over the results. */
    boolean isAtFirst() {
        return passes.isFirst();
    }

    /** Goes on to the windows whose results did not fit, for which the results must be read again; false when there are none. */
    boolean next() {
        passes.next();
        return !passes.isOver();
    }

    /** What is wrong with the revision numbers of the windows of the current pass. */
    Stream<Finding> wrong() {
        return passes.byEnd().values().stream().flatMap(results -> results.wrong().stream());
    }

    /** Compares the closed windows of a generation with the results, and counts the others. */
    void compare(Closing closing, Findings into) {
        windows.byKey().forEach((key, counts) -> {
            if (key.of().equals(closing.generation())) {
                compare(key, counts.keySet(), closing, into);
            }
        });
    }

    private void compare(WindowKey key, Set<Instant> counted, Closing closing, Findings into) {
        Instant closed = closing.closed().apply(key.spec());
        Instant unknownUntil = unknownUntil(key, closing);
        for (Instant end : ends(key, counted)) {
            if (end.isAfter(closed)) {
                into.count("settling", closing.newest() && !isVoid(key, end) ? 1 : 0);
            } else if (end.isAfter(unknownUntil)) {
                compare(key, end, closing, into);
            } else {
                into.count("expired", isVoid(key, end) ? 0 : 1);
            }
        }
    }

    /** Ends of the windows of the current pass that lines or results name. */
    private SortedSet<Instant> ends(WindowKey key, Set<Instant> counted) {
        SortedSet<Instant> ends = new TreeSet<>();
        counted.stream().filter(passes::isAbout).forEach(ends::add);
        passes.byEnd().forEach((end, results) -> {
            if (results.has(key)) {
                ends.add(end);
            }
        });
        return ends;
    }

    /** Whether neither lines nor results count a record in the windows with this end: their results are retractions. */
    private boolean isVoid(WindowKey key, Instant end) {
        return windows.at(key, end).counted() == 0
                && byResults(key, end).values().stream().allMatch(count -> count == 0);
    }

    private Map<String, Long> byResults(WindowKey key, Instant end) {
        WindowResults results = passes.byEnd().get(end);
        return results == null ? Map.of() : results.counts(key);
    }

    /** The end of the last window in which lines that are no longer known may have counted. */
    private Instant unknownUntil(WindowKey key, Closing closing) {
        WindowSpec spec = WindowSpecParser.find(key.spec()).orElseThrow();
        return Stream.concat(
                        closing.expired().stream(),
                        withPredecessors(key)
                                .map(part -> forgotten.get(part.of()))
                                .filter(Objects::nonNull))
                .max(Comparator.naturalOrder())
                .map(eventTime -> Instant.ofEpochMilli(spec.firstEnd(eventTime.toEpochMilli())))
                .orElse(Instant.MIN);
    }

    /** The key in its own generation, and in each older one whose windows that generation continues. */
    private Stream<WindowKey> withPredecessors(WindowKey key) {
        return Stream.iterate(key.of(), Objects::nonNull, predecessors::get).map(of -> new WindowKey(of, key.spec()));
    }

    private void compare(WindowKey key, Instant end, Closing closing, Findings into) {
        long lines = 0;
        long writtenAt = Long.MIN_VALUE;
        Map<String, Long> byKey = new TreeMap<>();
        for (WindowKey part : withPredecessors(key).toList()) {
            WindowCounts.Lines counts = windows.at(part, end);
            lines += counts.counted() - repeated.at(part, end).counted();
            writtenAt = Math.max(writtenAt, counts.writtenAt());
            byResults(part, end).forEach(byKey::putIfAbsent); // the results of the newest generation count
        }
        long published = byKey.values().stream().mapToLong(Long::longValue).sum();
        Finding finding = new Finding(
                "windows",
                key.of().job(),
                key.of().generation(),
                closing.topic(),
                -1,
                "%s ending %s: %d counted by the lines, %d by the last revisions of %d keys"
                        .formatted(key.spec(), end, lines, published, byKey.size()));
        if (published == lines) {
            into.count("balanced", 1);
        }
        into.difference(finding, lines, published, writtenAt < closing.resultsFrom());
    }
}
