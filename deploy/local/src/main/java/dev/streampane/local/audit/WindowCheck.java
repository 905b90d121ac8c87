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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The tumbling windows of all jobs, of each key and over all keys: what the lines counted in each, and what its results
 * say. Of windows of other kinds only the numbers of the revisions are checked, by id. Retracted ones hold nothing.
 *
 * <p>A generation that was restored from another one's state goes on with that one's windows, so
 * the counts of both are added up for it, less those of lines that the state did not hold yet.
 *
 * <p>Results are kept for longer than there is memory for. Where they do not fit, the windows that end last are left for another reading: {@link
 * #next}.
 */
final class WindowCheck {

    private static final WindowCounts NONE = new WindowCounts(true);

    private final Map<WindowKey, WindowCounts> windows = new HashMap<>();
    private final Map<JobGeneration, JobGeneration> predecessors = new HashMap<>();

    /** Counts of older lines that a generation reads again; of one that has a predecessor, whose state did not hold them. */
    private final Map<WindowKey, WindowCounts> repeated = new HashMap<>();

    private final List<Repeat> repeats = new ArrayList<>();
    private final List<AuditCorrection> corrections = new ArrayList<>();

    /** The largest event time of lines that a successor may repeat and that are not known any more. */
    private final Map<JobGeneration, Instant> forgotten = new HashMap<>();

    private final EndPasses<WindowResults> passes;

    /** A generation that reads again what an older one has read of a partition, from an offset on. */
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
    record WindowKey(String job, int generation, String spec) {

        JobGeneration of() {
            return new JobGeneration(job, generation);
        }
    }

    /**
     * What is known of a generation when its windows are compared.
     *
     * @param closed by specification: the H of the partition that is furthest behind
     * @param expired the largest event time that lines may tell of that have expired
     * @param newest whether no other generation goes on after it
     * @param topic topic of its results
     * @param resultsFrom ms since the epoch: results that were written before may be gone
     */
    record Closing(
            JobGeneration generation,
            Function<String, Instant> closed,
            Optional<Instant> expired,
            boolean newest,
            String topic,
            long resultsFrom) {}

    /** @param mostBytes about as much memory as results may take; those of windows that end at one time are held whatever they take */
    WindowCheck(long mostBytes) {
        this.passes = new EndPasses<>(WindowResults::new, Instant.MAX, mostBytes);
    }

    /** Takes a line, and when it was written, ms since the epoch. */
    void add(AuditLine line, long writtenAt) {
        add(line, writtenAt, line.key().generation(), windows);
    }

    private static void add(AuditLine line, long writtenAt, int generation, Map<WindowKey, WindowCounts> to) {
        for (AuditLine.SpecCounts spec : line.specs()) {
            if (spec.isPerWindow()) {
                WindowKey key = new WindowKey(line.key().job(), generation, spec.spec());
                WindowCounts counts = counts(to, key);
                spec.windows().forEach(window -> counts.counted(window.end(), window.counted(), writtenAt));
            }
        }
    }

    private static WindowCounts counts(Map<WindowKey, WindowCounts> windows, WindowKey key) {
        return windows.computeIfAbsent(key, k -> new WindowCounts(AuditLine.SpecCounts.isPerWindow(k.spec())));
    }

    /** Takes back what an operator dropped although it had been counted. */
    void correct(AuditCorrection correction) {
        if (AuditLine.SpecCounts.isPerWindow(correction.spec())) {
            counts(windows, new WindowKey(correction.job(), correction.generation(), correction.spec()))
                    .counted(correction.windowEnd(), -correction.count());
            corrections.add(correction);
        }
    }

    /**
     * Once all is read. Without the state of an older generation one repeats nothing: it begins anew. What was dropped of records that it reads
     * again counts as little as those do.
     */
    void finish() {
        repeats.removeIf(repeat -> !predecessors.containsKey(repeat.generation()));
        repeated.keySet().removeIf(key -> !predecessors.containsKey(key.of()));
        forgotten.keySet().retainAll(predecessors.keySet());
        for (Repeat repeat : repeats) {
            corrections.stream().filter(repeat::holds).forEach(one -> counts(
                            repeated,
                            new WindowKey(one.job(), repeat.generation().generation(), one.spec()))
                    .counted(one.windowEnd(), -one.count()));
        }
    }

    /**
     * The generation of {@code first} reads on where an older one, if any, has read of its partition. With a clock, or a line that was open in
     * that one's state, it goes on with its state and windows: the newest one of any partition, for it may have read some of them only. Where none has
     * such lines, the line names it. A partition of which that state had nothing yet has neither, and is read from its beginning.
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
        predecessor.from(first.first()).forEach(line -> add(line, Long.MIN_VALUE, generation.generation(), repeated));
    }

    /** Takes the next revision of a window, of one whose turn it is. */
    void revise(PublishedResult result, String topic, boolean expired) {
        passes.add(result.end(), results -> {
            WindowKey key = new WindowKey(result.job(), result.generation(), result.spec());
            long rev = result.version().rev();
            int before = results.revised(key, counts(windows, key).isPerWindow(), result);
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

    /** Whether these are the first windows whose results are read. */
    boolean isAtFirst() {
        return passes.isFirst();
    }

    /** Goes on to the windows whose results did not fit; false when there are none. The results are to be read anew. */
    boolean next() {
        passes.next();
        return !passes.isOver();
    }

    /** What is wrong with the numbers of the revisions of the windows that are held. */
    Stream<Finding> wrong() {
        return passes.byEnd().values().stream().flatMap(results -> results.wrong().stream());
    }

    /** Holds the closed windows of a generation against the results, and counts the others. */
    void compare(Closing closing, Findings into) {
        windows.forEach((key, counts) -> {
            if (key.of().equals(closing.generation()) && counts.isPerWindow()) {
                compare(key, counts, closing, into);
            }
        });
    }

    private void compare(WindowKey key, WindowCounts counts, Closing closing, Findings into) {
        Instant closed = closing.closed().apply(key.spec());
        Instant unknownUntil = unknownUntil(key, closing);
        for (Instant end : ends(key, counts)) {
            if (end.isAfter(closed)) {
                into.count("settling", closing.newest() && !isVoid(key, end) ? 1 : 0);
            } else if (end.isAfter(unknownUntil)) {
                compare(key, end, closing, into);
            } else {
                into.count("expired", isVoid(key, end) ? 0 : 1);
            }
        }
    }

    /** Ends of the windows, of those whose turn it is, that lines or results tell of. */
    private SortedSet<Instant> ends(WindowKey key, WindowCounts counts) {
        SortedSet<Instant> ends = new TreeSet<>();
        counts.ends().stream().filter(passes::isAbout).forEach(ends::add);
        passes.byEnd().forEach((end, results) -> {
            if (results.has(key)) {
                ends.add(end);
            }
        });
        return ends;
    }

    /** Whether neither lines nor results say that a record is in it: its results are retractions. */
    private boolean isVoid(WindowKey key, Instant end) {
        return windows.get(key).byLines(end) == 0
                && byResults(key, end).values().stream().allMatch(count -> count == 0);
    }

    private Map<String, Long> byResults(WindowKey key, Instant end) {
        WindowResults results = passes.byEnd().get(end);
        return results == null ? Map.of() : results.counts(key);
    }

    /** The end of the last window that may have counted in lines that are not known. */
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

    /** That of the generation, and of those whose windows it goes on with. */
    private Stream<WindowKey> withPredecessors(WindowKey key) {
        return Stream.iterate(key.of(), Objects::nonNull, predecessors::get)
                .map(of -> new WindowKey(of.job(), of.generation(), key.spec()));
    }

    private void compare(WindowKey key, Instant end, Closing closing, Findings into) {
        long lines = 0;
        long writtenAt = Long.MIN_VALUE;
        Map<String, Long> byKey = new TreeMap<>();
        for (WindowKey part : withPredecessors(key).toList()) {
            WindowCounts counts = windows.getOrDefault(part, NONE);
            lines += counts.byLines(end) - repeated.getOrDefault(part, NONE).byLines(end);
            writtenAt = Math.max(writtenAt, counts.writtenAt(end));
            byResults(part, end).forEach(byKey::putIfAbsent); // the newest one's hold
        }
        long published = byKey.values().stream().mapToLong(Long::longValue).sum();
        Finding finding = new Finding(
                "windows",
                key.job(),
                key.generation(),
                closing.topic(),
                -1,
                "%s ending %s: %d counted by the lines, %d by the last revisions of %d keys"
                        .formatted(key.spec(), end, lines, published, byKey.size()));
        if (published == lines) {
            into.count("balanced", 1);
        } else if (published > lines) {
            into.error(finding);
        } else if (writtenAt < closing.resultsFrom()) {
            into.alarm(finding);
        } else {
            into.missing(finding);
        }
    }
}
