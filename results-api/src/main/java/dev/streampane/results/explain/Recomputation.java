// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.PublishedResult.Input;
import dev.streampane.contract.WindowId;
import dev.streampane.results.explain.Rows.Row;
import dev.streampane.results.explain.WindowRule.Kind;
import dev.streampane.results.store.ResultJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Recomputes the verdict on each record of some audited ranges, and aggregates the window of one key. Keeps no records.
 *
 * <p>Builds two panes: one of the offsets that the result names, which must equal the result; and one of everything that was read, which must
 * not hold more.
 */
final class Recomputation {

    private final InputLog log;
    private final PublishedResult result;
    private final WindowRule rule;
    private final Function<AuditedRange, Rows> rowsOf;
    private final AuditLines audit;
    private final Map<TopicPartition, CompleteFrom> beginnings = new HashMap<>();
    private final PaneAccumulator named;
    private final PaneAccumulator all;
    private final List<CheckedRange> lines = new ArrayList<>();
    private CheckedRange reading;
    private Rows rows;

    /** A range that is read, and the counts of the verdicts on its rows. */
    final class CheckedRange {
        private final AuditedRange line;
        private final PartitionTime time;
        private final CompleteFrom completeFrom;
        private boolean whole = true;
        private long records;
        private long counted;
        private long late;
        private long rejected;
        private long heartbeats;
        private long unguarded;
        private long otherKeys;
        private long corrected;

        private CheckedRange(AuditedRange line) {
            this.line = line;
            this.time = new PartitionTime(line);
            this.completeFrom = beginnings
                    .computeIfAbsent(line.partition(), Recomputation.this::completeFrom)
                    .plus(line.outOfOrderness());
        }

        AuditedRange line() {
            return line;
        }

        /** Whether the records give the counts, clock and horizon of the line; null if not all of the line's range was read. */
        Boolean agrees() {
            if (!whole) {
                return null;
            }
            return rejected == line.rejected()
                    && heartbeats == line.heartbeats()
                    && time.clock() == line.clockAfter()
                    && (!line.known()
                            || counted == line.counted()
                                    && late == line.late()
                                    && time.horizon() == line.horizonAfter());
        }

        private void read(ConsumerRecord<byte[], byte[]> next) {
            records++;
            unguarded += PartitionTime.isGuarded(next) ? 0 : 1;
            long otherKeysBefore = otherKeys;
            long correctedBefore = corrected;
            rows.read(next, row -> add(next, row));
            if (rule.kind() == Kind.SESSION && otherKeys > otherKeysBefore && corrected > correctedBefore) {
                throw NotRecomputedException.unaudited("A correction for offset %d of %s does not name its key."
                        .formatted(next.offset(), line.partition()));
            }
        }

        private void add(ConsumerRecord<byte[], byte[]> record, Row row) {
            if (row == Row.REJECTED || time.isFuture(record, row.time())) {
                rejected++;
                return;
            }
            if (row.key() == null) {
                heartbeats++;
            } else if (line.known()) {
                window(record.offset(), row);
            }
            time.advance(record, row.time());
        }

        private void window(long offset, Row row) {
            long end = rule.firstEnd(row.time());
            if (time.isClosed(end)) {
                late++;
                return;
            }
            counted++;
            if (!rule.spec().allKeys() && !row.key().equals(result.key())) {
                otherKeys++;
                return;
            }
            var place = new Corrections.Place(line.partition(), offset, end);
            if (audit.corrections().take(place, rule.kind() == Kind.SESSION)) {
                corrected++;
                return;
            }
            boolean isOfMany = rule.kind() == Kind.SLIDING;
            count(new CountedRow(
                    row, time.hasPassed(isOfMany ? result.endMillis() : end), completeFrom, line.partition(), offset));
        }
    }

    Recomputation(
            InputLog log,
            PublishedResult result,
            WindowRule rule,
            Function<AuditedRange, Rows> rowsOf,
            List<Measure> measures,
            AuditLines audit) {
        this.log = log;
        this.result = result;
        this.rule = rule;
        this.rowsOf = rowsOf;
        this.audit = audit;
        this.named = new PaneAccumulator(rule, result, measures);
        this.all = new PaneAccumulator(rule, result, measures);
    }

    /**
     * Reads the records of {@code ranges}; ranges without a gap between them are read in one pass.
     *
     * @param last the last offset to read of a range
     * @throws NotRecomputedException when records have expired, or when a row of a session was dropped from a message of several keys: the
     *     correction does not say of which key it is
     */
    void read(List<AuditedRange> ranges, ToLongFunction<AuditedRange> last) {
        int first = 0;
        for (int next = 1; next <= ranges.size(); next++) {
            AuditedRange before = ranges.get(next - 1);
            long end = last.applyAsLong(before);
            if (next == ranges.size()
                    || end + 1 != ranges.get(next).first()
                    || !before.partition().equals(ranges.get(next).partition())) {
                readChain(ranges.subList(first, next).iterator(), end);
                first = next;
            }
        }
    }

    private void readChain(Iterator<AuditedRange> chain, long last) {
        open(chain.next());
        log.forEach(reading.line.partition(), reading.line.firstRecord(), last + 1, found -> {
            while (found.offset() > reading.line.last()) {
                open(chain.next());
            }
            reading.read(found);
        });
        chain.forEachRemaining(this::open);
        reading.whole = last >= reading.line.last();
    }

    private void open(AuditedRange next) {
        rows = rowsOf.apply(next);
        reading = new CheckedRange(next);
        lines.add(reading);
    }

    private CompleteFrom completeFrom(TopicPartition partition) {
        AuditedRange first = audit.chains().get(partition).firstEntry().getValue();
        return audit.fromStart().contains(partition)
                ? CompleteFrom.with(first, log, rowsOf.apply(first))
                : CompleteFrom.before(first);
    }

    private void count(CountedRow row) {
        all.add(row);
        for (Input input : result.inputs()) {
            if (input.topic().equals(row.partition().topic())
                    && (input.isWholeTopic() || input.holds(row.partition().partition(), row.offset()))) {
                named.add(row);
                return;
            }
        }
    }

    /** The fields of the result recomputed from the offsets that it names; start and end of sessions and global panes are recomputed, too. */
    ObjectNode named() {
        return json(named.result());
    }

    private ObjectNode json(PaneAccumulator.WindowPane found) {
        ObjectNode json = found.pane().json(rule.earliestOf(found.start()));
        return json.setAll(
                identity(rule, result, Instant.ofEpochMilli(found.start()), Instant.ofEpochMilli(found.end())));
    }

    /** The id of a window of the result's job, specification and key, and the window. */
    static ObjectNode identity(WindowRule rule, PublishedResult result, Instant start, Instant end) {
        ObjectNode json = ResultJson.JSON.createObjectNode();
        JsonNode number = result.json().path("window").path("number");
        json.put(
                "id",
                WindowId.ofSpec(result.job(), rule.spec())
                        + WindowId.key(result.key())
                        + (number.isMissingNode() ? WindowId.times(start, end) : "~" + number.asText()));
        json.putObject("window")
                .put("kind", rule.spec().kind())
                .put("start", start.toString())
                .put("end", end.toString());
        return json;
    }

    /** The same as {@link #named}, but from everything that was read; empty if both are equal. */
    Optional<ObjectNode> more() {
        ObjectNode everything = json(all.result());
        return Optional.of(everything).filter(found -> !found.equals(named()));
    }

    /** The end of the window by everything that was read, ms since the epoch. */
    long end() {
        return all.result().end();
    }

    List<CheckedRange> lines() {
        return List.copyOf(lines);
    }

    ObjectNode counts() {
        PaneAccumulator.WindowPane found = all.result();
        return ResultJson.JSON
                .createObjectNode()
                .put("records", sum(line -> line.records))
                .put("counted", sum(line -> line.counted))
                .put("late", sum(line -> line.late))
                .put("rejected", sum(line -> line.rejected))
                .put("heartbeats", sum(line -> line.heartbeats))
                .put("unguarded", sum(line -> line.unguarded))
                .put("corrected", sum(line -> line.corrected))
                .put("inWindow", found.pane().count())
                .put("otherWindows", found.others())
                .put("otherKeys", sum(line -> line.otherKeys));
    }

    private long sum(ToLongFunction<CheckedRange> count) {
        return lines.stream().mapToLong(count).sum();
    }
}
