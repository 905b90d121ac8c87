// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static java.util.stream.Collectors.toMap;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.intake.PartitionState.SpecHorizon;
import dev.streampane.pipeline.window.FirstWindow;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The ledger of one partition: its clock, where reading began, and the open audit line. Gives each record its verdicts from the earlier
 * records of the same partition alone.
 */
final class PartitionLedger {

    /** {@link #firstTime} of a partition without a valid record so far. */
    static final long NOT_YET = Long.MAX_VALUE;

    /** {@link #firstTime} of a partition that was read from its first record, so that no window lacks records. */
    static final long FROM_THE_START = Long.MIN_VALUE;

    private final List<WindowSpec> specs;
    private final List<FirstWindow> firsts;
    private final AuditLine.Key key;
    private final Deque<ReplayPlan.Rules> upcoming = new ArrayDeque<>();
    private AuditLine.Settings settings;
    private PartitionClock clock;
    private long outOfOrderness;
    private long skew;

    /** Bit n: whether the n-th specification exists at this offset; changes in a replay only. */
    private long present = -1;

    private long lastOffset;

    /**
     * The event time of the first valid record that was read, or its append time if that is later. Records that were not read were appended
     * earlier, so they may have been in time even if the first record is late.
     */
    private long firstTime;

    private OpenLine line;
    private boolean read;

    private PartitionLedger(
            IntakeSettings settings, AuditLine.Key key, Map<String, Long> horizons, long clock, long lastOffset) {
        this.specs = settings.specs();
        this.firsts = specs.stream().map(FirstWindow::new).toList();
        this.key = key;
        this.lastOffset = lastOffset;
        apply(settings.audited(), clock, horizons);
    }

    /**
     * Switches to other settings.
     *
     * @param horizons H of each specification by its canonical text, where there is one
     */
    private void apply(AuditLine.Settings inForce, long time, Map<String, Long> horizons) {
        settings = inForce;
        outOfOrderness = settings.outOfOrderness().toMillis();
        skew = settings.skew().toMillis();
        clock = new PartitionClock(
                outOfOrderness,
                settings.allowedLateness().toMillis(),
                time,
                specs.stream()
                        .mapToLong(spec -> horizons.getOrDefault(spec.canonical(), PartitionClock.NONE))
                        .toArray());
    }

    /**
     * The ledger of a partition at its first record.
     *
     * @param restored whether the job continues from state: the source then has its own position, and may not have begun with the earliest
     *     offset
     */
    static PartitionLedger startingAt(Fetched first, IntakeSettings settings, boolean restored) {
        Optional<ReplayPlan.PartitionRange> range = settings.replay().of(first.topic(), first.partition());
        long before = settings.fromEarliest() && !restored ? -1 : first.offset() - 1;
        var ledger = new PartitionLedger(
                settings,
                settings.key(first.topic(), first.topicId(), first.partition()),
                Map.of(),
                range.map(ReplayPlan.PartitionRange::clock).orElse(PartitionClock.NONE),
                range.map(replayed -> replayed.first() - 1).orElse(before));
        ledger.firstTime = first.offset() == 0 ? FROM_THE_START : NOT_YET;
        range.ifPresent(replayed -> ledger.upcoming.addAll(replayed.rules()));
        return ledger;
    }

    /** The ledger from a checkpoint, without the open line, which must be sent separately. */
    static PartitionLedger restored(PartitionState state, IntakeSettings settings) {
        var ledger = new PartitionLedger(
                settings,
                settings.key(state.topic(), state.topicId(), state.partition()),
                state.horizons().stream().collect(toMap(SpecHorizon::spec, SpecHorizon::horizon)),
                state.clock(),
                state.lastOffset());
        ledger.firstTime = state.firstTime();
        return ledger;
    }

    AuditLine.Key key() {
        return key;
    }

    /** C in ms since the epoch, or {@link PartitionClock#NONE}. */
    long clock() {
        return clock.clock();
    }

    /** Whether no record has been admitted since the start or restore. */
    boolean isUnread() {
        return !read;
    }

    /**
     * Gives a record its verdicts and enters it in the ledger.
     *
     * @throws SuppressRestartsException if the log is not the one of this ledger: its topic was deleted and created again, or its offsets
     *     went back
     */
    <T> Verdict admit(Decoded<T> decoded) {
        Fetched fetched = decoded.fetched();
        refuseAnotherLog(fetched);
        while (changesAt(fetched)) {
            follow(upcoming.remove());
        }
        if (line == null) {
            line = new OpenLine(lastOffset + 1, clock.copy(), specs.size());
        }
        line.row(fetched);
        lastOffset = fetched.offset();
        read = true;
        if (decoded.rejected()) {
            line.rejected();
            return Verdict.rejected(decoded.reason(), decoded.message());
        }
        if (PartitionClock.isFuture(decoded, skew)) {
            line.rejected();
            return Verdict.rejected(
                    RejectReason.FUTURE,
                    "event time "
                            + (decoded.eventTime() - fetched.appendTime())
                            + " ms ahead of the append time; allowed are "
                            + skew);
        }
        if (firstTime == NOT_YET) {
            firstTime = Math.max(decoded.eventTime(), fetched.appendTime());
        }
        Verdict verdict = decoded.heartbeat() ? heartbeat() : verdict(decoded.eventTime());
        clock.advance(PartitionClock.clockTime(decoded));
        return verdict;
    }

    private boolean changesAt(Fetched fetched) {
        return !upcoming.isEmpty() && upcoming.element().from() <= fetched.offset();
    }

    /** Switches to the settings that were in force from this offset on. */
    private void follow(ReplayPlan.Rules rules) {
        present = 0;
        for (int spec = 0; spec < specs.size(); spec++) {
            present |= rules.horizons().containsKey(specs.get(spec).canonical()) ? 1L << spec : 0;
        }
        apply(
                new AuditLine.Settings(
                        settings.specs(),
                        rules.outOfOrderness(),
                        rules.allowedLateness(),
                        rules.skew(),
                        settings.jobVersion()),
                clock.clock(),
                rules.horizons());
    }

    private Verdict heartbeat() {
        line.heartbeat();
        return Verdict.HEARTBEAT;
    }

    private Verdict verdict(long eventTime) {
        long countedBy = 0;
        for (int spec = 0; spec < specs.size(); spec++) {
            long bit = 1L << spec;
            if ((present & bit) == 0) {
                continue;
            }
            long end = firsts.get(spec).at(eventTime).end();
            if (clock.isClosed(spec, end)) {
                line.late(spec);
                continue;
            }
            line.counted(spec, specs.get(spec) instanceof WindowSpec.Tumbling, end);
            countedBy |= bit;
        }
        long completeFrom = firstTime == FROM_THE_START ? PartitionClock.NONE : firstTime + outOfOrderness;
        return Verdict.counted(countedBy, clock.passed(), completeFrom);
    }

    private void refuseAnotherLog(Fetched fetched) {
        if (!fetched.topicId().equals(key.topicId())) {
            throw refused("topic %s was deleted and recreated: its id was %s and is %s"
                    .formatted(key.topic(), key.topicId(), fetched.topicId()));
        }
        boolean wentBack = fetched.beginsRecord() ? fetched.offset() <= lastOffset : fetched.offset() != lastOffset;
        if (wentBack) {
            throw refused("partition %s-%s went back to offset %s after %s"
                    .formatted(key.topic(), key.partition(), fetched.offset(), lastOffset));
        }
    }

    private static SuppressRestartsException refused(String what) {
        return new SuppressRestartsException(new IllegalStateException(
                what + "; the state does not belong to this log: start a new generation without state"));
    }

    /** Whether the open line has to be closed before this record, because it is full or the settings change. */
    boolean endsLineBefore(Fetched fetched) {
        return line != null && (line.isFull() || changesAt(fetched));
    }

    Optional<AuditLine> closeLine() {
        Optional<AuditLine> closed = Optional.ofNullable(openLine());
        line = null;
        return closed;
    }

    private AuditLine openLine() {
        return line == null ? null : line.line(key, clock, settings);
    }

    /** The ledger's state for a checkpoint. */
    PartitionState state() {
        var horizons = new SpecHorizon[specs.size()];
        Arrays.setAll(horizons, spec -> new SpecHorizon(specs.get(spec).canonical(), clock.horizon(spec)));
        return new PartitionState(
                key.topic(),
                key.topicId(),
                key.partition(),
                key.generation(),
                clock.clock(),
                List.of(horizons),
                lastOffset,
                firstTime,
                openLine());
    }
}
