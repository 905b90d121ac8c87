// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Splits an audit line with many windows. The rows of each specification are numbered window by window, the late rows last. */
final class AuditLineParts {

    /** Each takes about 60 bytes at most; with about 20 KB of other fields a message stays well below 64 KB. */
    static final int MAX_WINDOWS = 640;

    private AuditLineParts() {}

    /** As {@link AuditLine#parts}. */
    static List<AuditLine> of(AuditLine line) {
        long[] borders = line.specs().stream()
                .flatMapToLong(AuditLineParts::borders)
                .sorted()
                .toArray();
        if (borders.length <= MAX_WINDOWS) {
            return List.of(line);
        }
        long middle = borders[borders.length / 2];
        long rowsBefore = middle + line.rejected() + line.heartbeats();
        long unguardedBefore = Math.min(line.unguarded(), rowsBefore);
        AuditLine before = new AuditLine(
                line.key(),
                line.first(),
                line.last(),
                line.records(),
                rowsBefore,
                line.rejected(),
                line.heartbeats(),
                unguardedBefore,
                line.holes(),
                line.specs().stream()
                        .map(spec -> cut(spec, 0, middle, spec.horizonBefore()))
                        .toList(),
                line.clockBefore(),
                line.clockAfter(),
                line.restored(),
                line.readBy(),
                line.settings());
        AuditLine after = new AuditLine(
                line.key(),
                line.last() + 1,
                line.last(),
                0,
                line.rows() - rowsBefore,
                0,
                0,
                line.unguarded() - unguardedBefore,
                List.of(),
                line.specs().stream()
                        .map(spec -> cut(spec, middle, Long.MAX_VALUE, spec.horizonAfter()))
                        .toList(),
                line.clockAfter(),
                line.clockAfter(),
                line.restored(),
                line.readBy(),
                line.settings());
        return Stream.of(before, after).flatMap(part -> of(part).stream()).toList();
    }

    /** The number of rows up to the end of each window. */
    private static LongStream borders(SpecCounts spec) {
        long[] row = {0};
        return spec.windows().stream().mapToLong(window -> row[0] += window.counted());
    }

    /** The verdicts for rows {@code from} (inclusive) to {@code to} (exclusive). */
    private static SpecCounts cut(SpecCounts spec, long from, long to, Optional<Instant> horizonBefore) {
        var within = new ArrayList<WindowCount>();
        long row = 0;
        for (WindowCount window : spec.windows()) {
            long rows = overlap(row, row + window.counted(), from, to);
            if (rows > 0) {
                within.add(new WindowCount(window.end(), rows));
            }
            row += window.counted();
        }
        long counted = overlap(0, spec.counted(), from, to);
        long late = overlap(spec.counted(), spec.counted() + spec.late(), from, to);
        return new SpecCounts(spec.spec(), counted, late, horizonBefore, spec.horizonAfter(), within);
    }

    private static long overlap(long start, long end, long from, long to) {
        return Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
}
