// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.pipeline.decode.Fetched;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** An open audit line: counts of the verdicts over a range of offsets of one partition. */
final class OpenLine {

    /** Maximum number of holes and window ends. At this size the line is closed before the next record, to keep it small. */
    private static final int MAX_ENTRIES = 500;

    private final long first;
    private final PartitionClock before;
    private final SpecTally[] tallies;
    private final List<OffsetRange> holes = new ArrayList<>();
    private long last;
    private long records;
    private long rows;
    private long rejected;
    private long heartbeats;
    private long unguarded;

    /** Counts of one specification. */
    private static final class SpecTally {
        private final TreeMap<Long, long[]> countedByEnd = new TreeMap<>();
        private long end;
        private long[] countedInEnd;
        private long counted;
        private long late;

        private void counted(long windowEnd) {
            if (countedInEnd == null || end != windowEnd) {
                end = windowEnd;
                countedInEnd = countedByEnd.computeIfAbsent(windowEnd, other -> new long[1]);
            }
            countedInEnd[0]++;
        }

        private List<WindowCount> windows() {
            return countedByEnd.entrySet().stream()
                    .map(entry -> new WindowCount(Instant.ofEpochMilli(entry.getKey()), entry.getValue()[0]))
                    .toList();
        }
    }

    /**
     * A line that begins at offset {@code first}.
     *
     * @param before the partition's clock before that offset; it is not copied and must not change afterwards
     */
    OpenLine(long first, PartitionClock before, int specs) {
        this.first = first;
        this.last = first - 1;
        this.before = before;
        this.tallies = new SpecTally[specs];
        Arrays.setAll(tallies, spec -> new SpecTally());
    }

    /** Adds a row. Offsets between its record and the previous one are a hole. */
    void row(Fetched fetched) {
        if (fetched.beginsRecord()) {
            if (fetched.offset() > last + 1) {
                holes.add(new OffsetRange(last + 1, fetched.offset() - 1));
            }
            last = fetched.offset();
            records++;
        }
        rows++;
        if (!fetched.guarded()) {
            unguarded++;
        }
    }

    void rejected() {
        rejected++;
    }

    void heartbeat() {
        heartbeats++;
    }

    void late(int spec) {
        tallies[spec].late++;
    }

    /** Counts a row, for tumbling windows also in the window that ends at {@code end}. */
    void counted(int spec, boolean tumbling, long end) {
        tallies[spec].counted++;
        if (tumbling) {
            tallies[spec].counted(end);
        }
    }

    /** Whether the line has to be closed because of its size. */
    boolean isFull() {
        int entries = holes.size();
        for (SpecTally tally : tallies) {
            entries += tally.countedByEnd.size();
        }
        return entries >= MAX_ENTRIES;
    }

    /** The line in its current state. */
    AuditLine line(AuditLine.Key key, PartitionClock after, AuditLine.Settings settings) {
        return new AuditLine(
                key,
                first,
                last,
                records,
                rows,
                rejected,
                heartbeats,
                unguarded,
                List.copyOf(holes),
                specCounts(after, settings.specs()),
                instant(before.clock()),
                instant(after.clock()),
                false,
                Optional.empty(),
                settings);
    }

    private List<SpecCounts> specCounts(PartitionClock after, List<String> specs) {
        var counts = new ArrayList<SpecCounts>(specs.size());
        for (int spec = 0; spec < specs.size(); spec++) {
            counts.add(new SpecCounts(
                    specs.get(spec),
                    tallies[spec].counted,
                    tallies[spec].late,
                    instant(before.horizon(spec)),
                    instant(after.horizon(spec)),
                    tallies[spec].windows()));
        }
        return counts;
    }

    private static Optional<Instant> instant(long time) {
        return time == PartitionClock.NONE ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
    }
}
