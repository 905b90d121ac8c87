// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.AuditLine.Hole;
import dev.streampane.results.audit.AuditLine.Verdicts;
import dev.streampane.results.audit.PartitionBooks.Holes;
import dev.streampane.results.audit.PartitionBooks.SpecBooks;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up one partition's audit lines, in the order in which they were written. */
final class OpenBooks {

    private static final int MAX_PROBLEMS = 10;
    private static final int MAX_RANGES = 20;
    private static final int MAX_SPECS = 100;

    private final PartitionKey key;
    private final Map<String, SpecBooks> specs = new LinkedHashMap<>();
    private final Deque<Hole> holes = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
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
    private boolean contiguous = true;
    private boolean balanced = true;

    OpenBooks(PartitionKey key) {
        this.key = key;
    }

    void add(AuditLine line) {
        check(line);
        if (lines == 0) {
            first = line.first();
        }
        lines++;
        last = line.last();
        records += line.records();
        rows += line.rows();
        rejected += line.rejected();
        heartbeats += line.heartbeats();
        unguarded += line.unguarded();
        clock = line.clockAfter();
        for (Hole hole : line.holes()) {
            holeOffsets += hole.offsets();
            holes.addLast(hole);
            if (holes.size() > MAX_RANGES) {
                holes.removeFirst();
            }
        }
        for (Verdicts verdicts : line.specs()) {
            if (specs.size() < MAX_SPECS || specs.containsKey(verdicts.spec())) {
                specs.merge(
                        verdicts.spec(),
                        new SpecBooks(
                                verdicts.spec(),
                                verdicts.counted(),
                                verdicts.late(),
                                verdicts.horizonAfter()),
                        OpenBooks::sum);
            }
        }
    }

    void correct(long count) {
        corrections += count;
    }

    PartitionBooks snapshot() {
        return new PartitionBooks(
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
                        holes.stream().map(hole -> List.of(hole.from(), hole.to())).toList()),
                List.copyOf(specs.values()),
                clock,
                corrections,
                contiguous,
                contiguous && balanced,
                List.copyOf(problems));
    }

    private void check(AuditLine line) {
        if (lines > 0 && line.first() != last + 1) {
            contiguous = false;
            problem(line, "begins there, but the line before it ends at " + last);
        }
        long missing = line.holes().stream().mapToLong(Hole::offsets).sum();
        long offsets = line.last() - line.first() + 1;
        if (offsets != line.records() + missing) {
            balanced = false;
            problem(
                    line,
                    "covers %d offsets, but has %d records and %d holes"
                            .formatted(offsets, line.records(), missing));
        }
        for (Verdicts spec : line.specs()) {
            long verdicts = spec.counted() + spec.late() + line.rejected() + line.heartbeats();
            if (line.rows() != verdicts) {
                balanced = false;
                problem(
                        line,
                        "has %d rows, but %d verdicts for %s"
                                .formatted(line.rows(), verdicts, spec.spec()));
            }
        }
    }

    private void problem(AuditLine line, String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add("line at offset " + line.first() + " " + what);
        }
    }

    private static SpecBooks sum(SpecBooks known, SpecBooks next) {
        return new SpecBooks(
                known.spec(),
                known.counted() + next.counted(),
                known.late() + next.late(),
                next.horizon());
    }
}
