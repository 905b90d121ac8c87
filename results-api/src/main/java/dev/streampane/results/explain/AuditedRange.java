// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.SpecCounts;
import dev.streampane.contract.AuditLine.WindowCount;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.PublishedResult.Input;
import dev.streampane.results.store.ResultJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * What an audit line (schema audit-line/v1) states about a range of one partition's offsets: the clock and horizon before and after it, the
 * settings in force, and the verdicts on its rows for one specification. Times are ms since the epoch, {@link #NONE} for none.
 *
 * @param firstRecord the first offset that may have a record: {@code first}, or the offset after a hole that begins there, such as offsets that
 *     the log had lost
 * @param known whether the job had the specification then; if not, it gave no verdicts for it
 * @param inWindow rows counted in the window that is asked for; -1 if lines do not count rows per window for this specification
 * @param appended when the line was written
 */
record AuditedRange(
        int generation,
        TopicPartition partition,
        long first,
        long last,
        boolean restored,
        long firstRecord,
        boolean known,
        long clockBefore,
        long clockAfter,
        long horizonBefore,
        long horizonAfter,
        long outOfOrderness,
        long allowedLateness,
        long skew,
        long counted,
        long late,
        long rejected,
        long heartbeats,
        long inWindow,
        long appended) {

    /** No time. */
    static final long NONE = Long.MIN_VALUE;

    /**
     * The range of {@code line}, with its counts for one specification.
     *
     * @param spec the specification that is asked for
     * @param window end of the window that is asked for
     */
    static AuditedRange of(AuditLine line, String spec, Instant window, long appended) {
        Optional<SpecCounts> counts =
                line.specs().stream().filter(one -> one.spec().equals(spec)).findFirst();
        return new AuditedRange(
                line.key().generation(),
                new TopicPartition(line.key().topic(), line.key().partition()),
                line.first(),
                line.last(),
                line.restored(),
                line.holes().stream()
                        .filter(hole -> hole.from() == line.first())
                        .mapToLong(hole -> hole.to() + 1)
                        .findFirst()
                        .orElse(line.first()),
                counts.isPresent(),
                time(line.clockBefore()),
                time(line.clockAfter()),
                time(counts.flatMap(SpecCounts::horizonBefore)),
                time(counts.flatMap(SpecCounts::horizonAfter)),
                line.settings().outOfOrderness().toMillis(),
                line.settings().allowedLateness().toMillis(),
                line.settings().skew().toMillis(),
                counts.map(SpecCounts::counted).orElse(0L),
                counts.map(SpecCounts::late).orElse(0L),
                line.rejected(),
                line.heartbeats(),
                SpecCounts.isPerWindow(spec) ? inWindow(counts, window) : -1,
                appended);
    }

    private static long inWindow(Optional<SpecCounts> counts, Instant window) {
        return counts.stream()
                .flatMap(one -> one.windows().stream())
                .filter(one -> one.end().equals(window))
                .mapToLong(WindowCount::counted)
                .sum();
    }

    private static long time(Optional<Instant> instant) {
        return instant.map(Instant::toEpochMilli).orElse(NONE);
    }

    /** Whether this range may continue {@code before}: in the same generation, or in a later one that went on from its state. */
    boolean goesOnFrom(AuditedRange before) {
        return before.first <= before.last
                && (before.generation == generation || before.generation < generation && clockBefore != NONE);
    }

    /** This range plus the counts of {@code rest}, if that is a further part, without offsets, of the same line; else this range. */
    AuditedRange and(AuditedRange rest) {
        if (rest.generation != generation || rest.last != last) {
            return this;
        }
        return new AuditedRange(
                generation,
                partition,
                first,
                last,
                restored,
                firstRecord,
                known,
                clockBefore,
                clockAfter,
                horizonBefore,
                horizonAfter,
                outOfOrderness,
                allowedLateness,
                skew,
                counted + rest.counted,
                late + rest.late,
                rejected + rest.rejected,
                heartbeats + rest.heartbeats,
                inWindow < 0 ? inWindow : inWindow + rest.inWindow,
                Math.max(appended, rest.appended));
    }

    boolean overlaps(Input input) {
        return partition.topic().equals(input.topic())
                && partition.partition() == input.partition()
                && first <= input.last()
                && last >= input.first();
    }

    /** The last offset in this range that the result's inputs reach; the last of the range if they do not overlap it. */
    long lastNamed(PublishedResult result) {
        return result.inputs().stream()
                .filter(this::overlaps)
                .mapToLong(input -> Math.min(last, input.last()))
                .max()
                .orElse(last);
    }

    /** Whether a record of {@code [start, end)} may have been counted here. */
    boolean mayHold(long start, long end) {
        if (inWindow >= 0) {
            return inWindow > 0;
        }
        return known && horizonBefore < end && clockAfter != NONE && clockAfter >= start - Math.max(0, skew);
    }

    /** Number of offsets to read. */
    long offsets() {
        return last - firstRecord + 1;
    }

    ObjectNode json() {
        return ResultJson.JSON
                .createObjectNode()
                .put("topic", partition.topic())
                .put("partition", partition.partition())
                .put("first", first)
                .put("last", last)
                .put("generation", generation)
                .put("restored", restored)
                .put("clockBefore", text(clockBefore))
                .put("horizonBefore", text(horizonBefore))
                .put("outOfOrderness", Duration.ofMillis(outOfOrderness).toString())
                .put("allowedLateness", Duration.ofMillis(allowedLateness).toString())
                .put("skew", Duration.ofMillis(skew).toString());
    }

    private static String text(long millis) {
        return millis == NONE ? null : Instant.ofEpochMilli(millis).toString();
    }
}
