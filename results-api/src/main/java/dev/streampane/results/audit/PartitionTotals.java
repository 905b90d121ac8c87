// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.results.audit.PartitionAudit.Holes;
import dev.streampane.results.audit.PartitionAudit.SpecTotals;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Adds up the audit lines of one partition. They arrive in the order of their offsets, except for a line that was open when its job
 * stopped: the restored job may write it after the lines that follow it.
 */
final class PartitionTotals {

    private static final int MAX_PROBLEMS = 10;
    private static final int MAX_RANGES = 20;
    private static final int MAX_SPECS = 100;
    private static final String BEGINS_AFTER = "begins there, but the line before it ends at ";

    private final AuditLine.Key key;
    private final Map<String, SpecTotals> specs = new LinkedHashMap<>();
    private final Deque<OffsetRange> holes = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private long lines;
    private long first;
    private long last;
    private long records;
    private long rows;
    private long rejected;
    private long heartbeats;
    private long unguarded;
    private long holeOffsets;
    private long corrections;
    private Instant clock;
    private boolean goesOn;

    /** Whether lines overlap, or had more gaps at a time than are kept. */
    private boolean broken;

    private boolean balanced = true;

    PartitionTotals(AuditLine.Key key) {
        this.key = key;
    }

    void add(AuditLine line) {
        check(line);
        place(line);
        lines++;
        records += line.records();
        rows += line.rows();
        rejected += line.rejected();
        heartbeats += line.heartbeats();
        unguarded += line.unguarded();
        for (OffsetRange hole : line.holes()) {
            holeOffsets += hole.size();
            holes.addLast(hole);
            if (holes.size() > MAX_RANGES) {
                holes.removeFirst();
            }
        }
        for (SpecCounts verdicts : line.specs()) {
            if (specs.size() < MAX_SPECS || specs.containsKey(verdicts.spec())) {
                specs.merge(
                        verdicts.spec(),
                        new SpecTotals(
                                verdicts.spec(),
                                verdicts.counted(),
                                verdicts.late(),
                                verdicts.horizonAfter().orElse(null)),
                        PartitionTotals::sum);
            }
        }
    }

    void correct(long count) {
        corrections += count;
    }

    PartitionAudit snapshot() {
        boolean contiguous = gaps.isEmpty() && !broken;
        return new PartitionAudit(
                key.job(),
                key.generation(),
                key.topic(),
                key.topicId(),
                key.partition(),
                lines,
                first,
                last,
                records,
                rows,
                rejected,
                heartbeats,
                unguarded,
                new Holes(
                        holeOffsets,
                        holes.stream()
                                .map(hole -> List.of(hole.from(), hole.to()))
                                .toList()),
                List.copyOf(specs.values()),
                clock,
                corrections,
                contiguous,
                contiguous && balanced,
                allProblems());
    }

    /**
     * A line without offsets leaves the range as it is: it has more rows of the line that ends where it begins, and may arrive after the
     * line that follows that one.
     */
    private void place(AuditLine line) {
        if (lines > 0 && line.last() < line.first()) {
            return;
        }
        if (lines == 0) {
            begin(line);
        } else if (line.first() > last) {
            gap(last + 1, line.first() - 1);
        } else if (line.last() < first) {
            gap(line.last() + 1, first - 1);
            begin(line);
        } else if (!fillsGap(line)) {
            broken = true;
            problem(line.first(), BEGINS_AFTER + last);
        }
        if (lines == 0 || line.last() > last) {
            last = line.last();
            clock = line.clockAfter().orElse(null);
        }
    }

    private void begin(AuditLine line) {
        first = line.first();
        goesOn = line.goesOn();
    }

    /** The offset after the last line, if the lines have no clock, as for a job without windows; else empty. */
    Optional<Long> endWithoutClock() {
        return clock == null ? Optional.of(last + 1) : Optional.empty();
    }

    /** Whether the lines continue older ones: the first line says so, or lines without a clock end where it begins. */
    boolean goesOnFrom(Set<Long> endsWithoutClock) {
        return goesOn || endsWithoutClock.contains(first);
    }

    /** Whether the lines may continue others that are no longer known: they do not begin with the first record, and have no clock to tell. */
    boolean mayGoOn() {
        return !hasClock() && first > 0;
    }

    boolean hasClock() {
        return clock != null;
    }

    private boolean fillsGap(AuditLine line) {
        var gap = gaps.floorEntry(line.first());
        if (gap == null || line.last() > gap.getValue()) {
            return false;
        }
        gaps.remove(gap.getKey());
        gap(gap.getKey(), line.first() - 1);
        gap(line.last() + 1, gap.getValue());
        return true;
    }

    private void gap(long from, long to) {
        if (from > to) {
            return;
        }
        if (gaps.size() < MAX_RANGES) {
            gaps.put(from, to);
        } else {
            broken = true;
            problem(to + 1, BEGINS_AFTER + (from - 1));
        }
    }

    private List<String> allProblems() {
        return Stream.concat(
                        gaps.entrySet().stream()
                                .map(gap -> describe(gap.getValue() + 1, BEGINS_AFTER + (gap.getKey() - 1))),
                        problems.stream())
                .limit(MAX_PROBLEMS)
                .toList();
    }

    private void check(AuditLine line) {
        long missing = line.holes().stream().mapToLong(OffsetRange::size).sum();
        long offsets = line.last() - line.first() + 1;
        if (offsets != line.records() + missing) {
            balanced = false;
            problem(
                    line.first(),
                    "covers %d offsets, but has %d records and %d holes".formatted(offsets, line.records(), missing));
        }
        for (SpecCounts spec : line.specs()) {
            long verdicts = spec.counted() + spec.late() + line.rejected() + line.heartbeats();
            if (line.rows() != verdicts) {
                balanced = false;
                problem(
                        line.first(),
                        "has %d rows, but %d verdicts for %s".formatted(line.rows(), verdicts, spec.spec()));
            }
        }
    }

    private void problem(long line, String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(describe(line, what));
        }
    }

    private static String describe(long line, String what) {
        return "line at offset " + line + " " + what;
    }

    private static SpecTotals sum(SpecTotals known, SpecTotals next) {
        return new SpecTotals(
                known.spec(),
                known.counted() + next.counted(),
                known.late() + next.late(),
                Stream.of(known, next)
                        .map(SpecTotals::horizon)
                        .filter(Objects::nonNull)
                        .max(Comparator.naturalOrder())
                        .orElse(null));
    }
}
