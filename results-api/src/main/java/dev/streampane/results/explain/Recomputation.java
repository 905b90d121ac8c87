// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.store.ResultJson;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Computes the verdict of each record of some audited ranges again and adds up the window of one key. Of the records nothing is kept.
 *
 * <p>Two panes: of the offsets that the result names, which must be what it says, and of everything that was read, which must be no more.
 */
final class Recomputation {

    private final InputLog log;
    private final PublishedResult result;
    private final WindowRule rule;
    private final Function<AuditedRange, Rows> rows;
    private final AuditLines audit;
    private final Map<TopicPartition, CompleteFrom> beginnings = new HashMap<>();
    private final PaneAccumulator named;
    private final PaneAccumulator all;
    private final List<CheckedRange> lines = new ArrayList<>();
    private final Counts counts = new Counts();
    private final Verdicts verdicts = new Verdicts();
    private Counts ofLine;
    private AuditedRange line;
    private Rows rowsOfLine;
    private PartitionTime time;
    private CompleteFrom completeFrom;
    private ConsumerRecord<byte[], byte[]> record;

    /** What became of the rows; of one range, or of all. */
    static final class Counts {
        private long records;
        private long counted;
        private long late;
        private long rejected;
        private long heartbeats;
        private long unguarded;
        private long otherKeys;
        private long corrected;

        private void add(Counts other) {
            records += other.records;
            counted += other.counted;
            late += other.late;
            rejected += other.rejected;
            heartbeats += other.heartbeats;
            unguarded += other.unguarded;
            otherKeys += other.otherKeys;
            corrected += other.corrected;
        }
    }

    Recomputation(
            InputLog log,
            PublishedResult result,
            WindowRule rule,
            Function<AuditedRange, Rows> rows,
            List<Measure> measures,
            AuditLines audit) {
        this.log = log;
        this.result = result;
        this.rule = rule;
        this.rows = rows;
        this.audit = audit;
        this.named = new PaneAccumulator(rule, result, measures);
        this.all = new PaneAccumulator(rule, result, measures);
    }

    /**
     * Reads the records of {@code ranges}, those without a gap between them in one go.
     *
     * @param last the last offset to read of a range
     * @throws UnauditedException when a row of a session was dropped from a message of several keys: how many more were is not known
     */
    void read(List<AuditedRange> ranges, ToLongFunction<AuditedRange> last) {
        Deque<AuditedRange> upcoming = new ArrayDeque<>();
        for (AuditedRange range : ranges) {
            AuditedRange before = upcoming.peekLast();
            if (before != null && !range.follows(before, last.applyAsLong(before))) {
                readChain(upcoming, last.applyAsLong(before));
            }
            upcoming.add(range);
        }
        if (!upcoming.isEmpty()) {
            readChain(upcoming, last.applyAsLong(upcoming.getLast()));
        }
    }

    private void readChain(Deque<AuditedRange> upcoming, long last) {
        open(upcoming.remove());
        log.forEach(line.topic(), line.partition(), line.firstRecord(), last + 1, found -> {
            while (found.offset() > line.last()) {
                close(true);
                open(upcoming.remove());
            }
            record = found;
            ofLine.records++;
            ofLine.unguarded += PartitionTime.isGuarded(found) ? 0 : 1;
            long otherKeys = ofLine.otherKeys;
            long corrected = ofLine.corrected;
            rowsOfLine.read(found, verdicts);
            if (rule.kind() == WindowRule.Kind.SESSION
                    && ofLine.otherKeys > otherKeys
                    && ofLine.corrected > corrected) {
                throw new UnauditedException("A correction does not say of which key of offset %d of %s-%d it is."
                        .formatted(found.offset(), found.topic(), found.partition()));
            }
        });
        while (!upcoming.isEmpty()) {
            close(true);
            open(upcoming.remove());
        }
        close(last >= line.last());
    }

    private void open(AuditedRange next) {
        line = next;
        rowsOfLine = rows.apply(next);
        time = new PartitionTime(next);
        completeFrom = beginnings
                .computeIfAbsent(new TopicPartition(next.topic(), next.partition()), this::completeFrom)
                .plus(next.outOfOrderness());
        ofLine = new Counts();
    }

    private void close(boolean whole) {
        lines.add(new CheckedRange(line, whole ? agrees() : null));
        counts.add(ofLine);
    }

    private boolean agrees() {
        return ofLine.rejected == line.rejected()
                && ofLine.heartbeats == line.heartbeats()
                && time.clock() == line.clockAfter()
                && (!line.known()
                        || ofLine.counted == line.counted()
                                && ofLine.late == line.late()
                                && time.horizon() == line.horizonAfter());
    }

    /** The verdicts on the rows of {@link #record}. */
    private final class Verdicts implements Rows.Sink {

        @Override
        public void heartbeat(long eventTime) {
            if (time.isFuture(record, eventTime)) {
                ofLine.rejected++;
                return;
            }
            ofLine.heartbeats++;
            time.advance(record, eventTime);
        }

        @Override
        public void rejected() {
            ofLine.rejected++;
        }

        @Override
        public void value(String key, long eventTime, Rows.Measurement measured, int row) {
            if (time.isFuture(record, eventTime)) {
                ofLine.rejected++;
                return;
            }
            if (line.known()) {
                window(key, eventTime, measured, row);
            }
            time.advance(record, eventTime);
        }

        private void window(String key, long eventTime, Rows.Measurement measured, int row) {
            long end = rule.firstEnd(eventTime);
            if (time.isClosed(end)) {
                ofLine.late++;
                return;
            }
            ofLine.counted++;
            if (!rule.spec().allKeys() && !key.equals(result.key())) {
                ofLine.otherKeys++;
                return;
            }
            var place = new Corrections.Place(record.topic(), record.partition(), record.offset(), end);
            if (audit.corrections().take(place, rule.kind() == WindowRule.Kind.SESSION)) {
                ofLine.corrected++;
                return;
            }
            boolean isOfMany = rule.kind() == WindowRule.Kind.SLIDING;
            count(new CountedRow(
                    eventTime,
                    time.hasPassed(isOfMany ? result.endMillis() : end),
                    completeFrom,
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    row,
                    measured));
        }
    }

    private CompleteFrom completeFrom(TopicPartition partition) {
        AuditedRange first = audit.chains().get(partition).get(0);
        return audit.fromStart().contains(partition)
                ? CompleteFrom.with(first, log, rows.apply(first))
                : CompleteFrom.before(first);
    }

    private void count(CountedRow row) {
        all.add(row);
        for (PublishedResult.Input input : result.inputs()) {
            if (input.topic().equals(row.topic())
                    && (input.isWholeTopic() || input.holds(row.partition(), row.offset()))) {
                named.add(row);
                return;
            }
        }
    }

    /** What the offsets that the result names give: the fields of a result, and where sessions and global panes begin and end. */
    ObjectNode named() {
        return json(named.result());
    }

    private ObjectNode json(PaneAccumulator.WindowPane found) {
        ObjectNode json = found.pane().json(rule.earliestOf(found.start()));
        json.put("id", WindowId.of(result, found.start(), found.end()));
        json.putObject("window")
                .put("kind", rule.spec().kind())
                .put("start", Instant.ofEpochMilli(found.start()).toString())
                .put("end", Instant.ofEpochMilli(found.end()).toString());
        return json;
    }

    /** What all that was read gives, where it is not what the named offsets give. */
    Optional<ObjectNode> more() {
        ObjectNode everything = json(all.result());
        return Optional.of(everything).filter(found -> !found.equals(named()));
    }

    /** Where the window really ends, as far as was read. */
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
                .put("records", counts.records)
                .put("counted", counts.counted)
                .put("late", counts.late)
                .put("rejected", counts.rejected)
                .put("heartbeats", counts.heartbeats)
                .put("unguarded", counts.unguarded)
                .put("corrected", counts.corrected)
                .put("inWindow", found.pane().count())
                .put("otherWindows", found.others())
                .put("otherKeys", counts.otherKeys);
    }
}
