// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.WindowCount;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * The audit lines of one partition in one generation. Each line is checked by itself and against the line before it.
 *
 * <p>After a restore at another parallelism, several subtasks write the lines of one partition,
 * so a few lines may not be in the order of their offsets. {@link #inOrder} sorts them.
 */
final class PartitionAudit {

    private static final int MOST_WAITING = 64;

    private static final int MOST_SEGMENTS = 1024;
    private static final int RECENT_LINES = 4096;

    private final AuditLine.Key key;
    private final PriorityQueue<LoggedLine> waiting = new PriorityQueue<>(
            Comparator.comparingLong((LoggedLine written) -> written.line().first())
                    .thenComparingLong(written -> written.line().last()));
    private final Map<String, Instant> horizons = new HashMap<>();
    private final Deque<AuditLine> recent = new ArrayDeque<>();
    private final List<Segment> segments = new ArrayList<>();
    private AuditLine firstLine;
    private AuditLine lastLine;

    /**
     * A line as it is on the audit topic.
     *
     * @param at timestamp of its Kafka record, ms since the epoch
     */
    record LoggedLine(AuditLine line, long at) {}

    /** The sum of consecutive lines, with which late and rejected records are compared. */
    record Segment(long first, long last, Map<String, Long> late, long rejected, long writtenAt) {

        static Segment of(LoggedLine written) {
            AuditLine line = written.line();
            Map<String, Long> late = new HashMap<>();
            line.specs().forEach(spec -> late.put(spec.spec(), spec.late()));
            return new Segment(line.first(), line.last(), late, line.rejected(), written.at());
        }

        Segment and(Segment next) {
            Map<String, Long> both = new HashMap<>(late);
            next.late.forEach((spec, count) -> both.merge(spec, count, Long::sum));
            return new Segment(first, Math.max(last, next.last), both, rejected + next.rejected, writtenAt);
        }
    }

    PartitionAudit(AuditLine.Key key) {
        this.key = key;
    }

    /** Takes the next line of the audit topic; returns the lines that can be added now, in the order of their offsets. */
    List<LoggedLine> inOrder(LoggedLine line) {
        waiting.add(line);
        List<LoggedLine> ready = new ArrayList<>();
        AuditLine before = lastLine;
        while (!waiting.isEmpty()
                && (before != null && waiting.element().line().first() <= before.last() + 1
                        || waiting.size() > MOST_WAITING)) {
            LoggedLine next = waiting.remove();
            before = next.line();
            ready.add(next);
        }
        return ready;
    }

    /** Removes and returns the lines that still wait for an earlier line, which will not come any more. */
    List<LoggedLine> rest() {
        return Stream.iterate(waiting.poll(), Objects::nonNull, line -> waiting.poll())
                .toList();
    }

    /** Whether no line has been added yet. */
    boolean isEmpty() {
        return lastLine == null;
    }

    void add(LoggedLine written, Findings findings) {
        AuditLine line = written.line();
        checkItself(line, findings);
        if (line.isRest() && lastLine != null) {
            addRest(written);
        } else {
            addNext(written, findings);
        }
        recent.add(line);
        if (recent.size() > RECENT_LINES) {
            recent.remove();
        }
        for (AuditLine.SpecCounts spec : line.specs()) {
            spec.horizonAfter().ifPresent(h -> horizons.merge(spec.spec(), h, (a, b) -> a.isAfter(b) ? a : b));
        }
        count(line, findings);
    }

    private void addNext(LoggedLine written, Findings findings) {
        AuditLine line = written.line();
        if (lastLine != null) {
            checkAfter(lastLine, line, findings);
        } else {
            firstLine = line;
        }
        lastLine = line;
        segments.add(Segment.of(written));
        if (segments.size() > MOST_SEGMENTS) {
            for (int i = 0; i + 1 < segments.size(); i++) { // joins each two that follow each other
                segments.set(i, segments.get(i).and(segments.remove(i + 1)));
            }
        }
    }

    /** Adds a rest to its line's segment, which need not be the last: after a restore another subtask may have sent the next line already. */
    private void addRest(LoggedLine rest) {
        int of = segments.size() - 1;
        while (of > 0 && segments.get(of).first() > rest.line().last()) {
            of--;
        }
        segments.set(of, segments.get(of).and(Segment.of(rest)));
    }

    private void checkItself(AuditLine line, Findings findings) {
        long holes =
                line.holes().stream().mapToLong(AuditLine.OffsetRange::size).sum();
        if (line.last() - line.first() + 1 != line.records() + holes) {
            findings.error(
                    "offsets",
                    key,
                    "offsets %d to %d hold %d records and %d holes",
                    line.first(),
                    line.last(),
                    line.records(),
                    holes);
        }
        for (AuditLine.SpecCounts spec : line.specs()) {
            long verdicts = spec.counted() + spec.late() + line.rejected() + line.heartbeats();
            if (line.rows() != verdicts) {
                findings.error(
                        "rows",
                        key,
                        "offsets %d to %d, %s: %d rows, but %d counted + %d late + %d rejected + %d heartbeats",
                        line.first(),
                        line.last(),
                        spec.spec(),
                        line.rows(),
                        spec.counted(),
                        spec.late(),
                        line.rejected(),
                        line.heartbeats());
            }
            long inWindows =
                    spec.windows().stream().mapToLong(WindowCount::counted).sum();
            if (spec.isPerWindow() && inWindows != spec.counted()) {
                findings.error(
                        "rows",
                        key,
                        "offsets %d to %d, %s: %d counted, but %d in its windows",
                        line.first(),
                        line.last(),
                        spec.spec(),
                        spec.counted(),
                        inWindows);
            }
        }
    }

    private void checkAfter(AuditLine before, AuditLine line, Findings findings) {
        if (line.first() != before.last() + 1) {
            findings.error(
                    "lines", key, "a line ends at offset %d, the next begins at %d", before.last(), line.first());
        }
        if (!line.clockBefore().equals(before.clockAfter())) {
            findings.error(
                    "clock",
                    key,
                    "the clock is %s after offset %d and %s before offset %d",
                    text(before.clockAfter()),
                    before.last(),
                    text(line.clockBefore()),
                    line.first());
        }
    }

    private static String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse("unset");
    }

    private static void count(AuditLine line, Findings findings) {
        findings.count("lines", 1);
        findings.count("records", line.records());
        findings.count("rejected", line.rejected());
        findings.count("heartbeats", line.heartbeats());
        line.specs().forEach(spec -> findings.count("counted", spec.counted()));
        line.specs().forEach(spec -> findings.count("late", spec.late()));
    }

    /**
     * Whether a successor that was restored from this generation's state may begin with offset
     * {@code first}: a line begins there, the last line ends right before it, or the lines there are no longer held.
     */
    boolean reaches(long first) {
        return !isEmpty()
                && (first == lastLine.last() + 1
                        || recent.stream().anyMatch(line -> line.first() == first)
                        || firstLine.first() <= first
                                && first < recent.element().first());
    }

    /** The lines held from offset {@code first} on; a successor that begins there reads their offsets again. */
    List<AuditLine> from(long first) {
        return recent.stream()
                .filter(line -> line.first() >= first && line.last() >= first)
                .toList();
    }

    /** Whether all lines from offset {@code first} on are still held for {@link #from}. */
    boolean remembers(long first) {
        return recent.element().first() <= first || recent.element() == firstLine;
    }

    /** The largest event time possible in lines that are no longer held for {@link #from}; empty when all are held. */
    Optional<Instant> forgotten(long first) {
        return remembers(first) ? Optional.empty() : latestBefore(recent.element());
    }

    /** The largest event time possible in lines before the first one; empty when the partition had no clock before it. */
    Optional<Instant> begunAt() {
        return latestBefore(firstLine);
    }

    /** An event time may be ahead of the clock by the skew. */
    private static Optional<Instant> latestBefore(AuditLine line) {
        return line.clockBefore().map(clock -> clock.plus(line.settings().skew()));
    }

    AuditLine.Key key() {
        return key;
    }

    AuditLine firstLine() {
        return firstLine;
    }

    AuditLine lastLine() {
        return lastLine;
    }

    List<Segment> segments() {
        return segments;
    }

    /** The largest horizon of the partition for a specification; empty when it has none. */
    Optional<Instant> horizon(String spec) {
        return Optional.ofNullable(horizons.get(spec));
    }
}
