// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.contract.AuditLine;
import dev.streampane.pipeline.intake.PartitionState.SpecHorizon;
import dev.streampane.pipeline.window.WindowSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The books of one partition: its clock, where it was read from, and the audit line that is open. Gives each record its verdicts, by
 * nothing but the records before it in the same partition.
 */
final class PartitionLedger {

    /** {@link #firstEventTime} of a partition without a valid record so far. */
    static final long NOT_YET = Long.MAX_VALUE;

    /** {@link #firstEventTime} of a partition that was read from its first record: no window lacks anything. */
    static final long FROM_THE_START = Long.MIN_VALUE;

    private final IntakeSettings settings;
    private final List<WindowSpec> specs;
    private final Place place;
    private final PartitionClock clock;
    private final long outOfOrderness;
    private final long skew;
    private long lastOffset;
    private long firstEventTime;
    private OpenLine line;
    private boolean read;

    /** Which partition. */
    record Place(String topic, String topicId, int partition) {}

    private PartitionLedger(
            IntakeSettings settings, Place place, long[] horizons, long clock, long lastOffset) {
        this.settings = settings;
        this.specs = settings.specs();
        this.place = place;
        this.outOfOrderness = settings.outOfOrderness().toMillis();
        this.skew = settings.skew().toMillis();
        this.clock =
                new PartitionClock(
                        outOfOrderness, settings.allowedLateness().toMillis(), clock, horizons);
        this.lastOffset = lastOffset;
    }

    /** The books of a partition whose first record has come. */
    static PartitionLedger startingAt(Fetched first, IntakeSettings settings) {
        long[] horizons = new long[settings.specs().size()];
        Arrays.fill(horizons, PartitionClock.NONE);
        var ledger =
                new PartitionLedger(
                        settings,
                        new Place(first.topic(), first.topicId(), first.partition()),
                        horizons,
                        PartitionClock.NONE,
                        settings.fromEarliest() ? -1 : first.offset() - 1);
        ledger.firstEventTime = first.offset() == 0 ? FROM_THE_START : NOT_YET;
        return ledger;
    }

    /** The books as a checkpoint left them, but for the open line, which must be sent by itself. */
    static PartitionLedger restored(PartitionState state, IntakeSettings settings) {
        long[] horizons = new long[settings.specs().size()];
        Arrays.setAll(horizons, spec -> horizon(state, settings.specs().get(spec).canonical()));
        var ledger =
                new PartitionLedger(
                        settings,
                        new Place(state.topic(), state.topicId(), state.partition()),
                        horizons,
                        state.clock(),
                        state.lastOffset());
        ledger.firstEventTime = state.firstEventTime();
        return ledger;
    }

    private static long horizon(PartitionState state, String spec) {
        return state.horizons().stream()
                .filter(horizon -> horizon.spec().equals(spec))
                .mapToLong(SpecHorizon::horizon)
                .findFirst()
                .orElse(PartitionClock.NONE);
    }

    Place place() {
        return place;
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
     * The verdicts on one record, which also take it into the books.
     *
     * @throws SuppressRestartsException when the partition is not the one that the books are about: its topic was made anew, or it went
     *     back
     */
    <T> Verdict admit(Decoded<T> decoded) {
        Fetched fetched = decoded.fetched();
        refuseAnotherLog(fetched);
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
        if (firstEventTime == NOT_YET) {
            firstEventTime = decoded.eventTime();
        }
        Verdict verdict = decoded.heartbeat() ? heartbeat() : verdict(decoded.eventTime());
        clock.advance(PartitionClock.clockTime(decoded));
        return verdict;
    }

    private Verdict heartbeat() {
        line.heartbeat();
        return Verdict.HEARTBEAT;
    }

    private Verdict verdict(long eventTime) {
        long countedBy = 0;
        long lateFor = 0;
        long incompleteFor = 0;
        for (int spec = 0; spec < specs.size(); spec++) {
            long bit = 1L << spec;
            long end = specs.get(spec).firstEnd(eventTime);
            if (clock.isClosed(spec, end)) {
                line.late(spec);
                continue;
            }
            line.counted(spec, specs.get(spec) instanceof WindowSpec.Tumbling, end);
            countedBy |= bit;
            if (clock.hasPassed(end)) {
                lateFor |= bit;
            }
            if (mayLackRecords(specs.get(spec).firstStart(eventTime))) {
                incompleteFor |= bit;
            }
        }
        return Verdict.counted(countedBy, lateFor, incompleteFor);
    }

    /** Whether a window may hold records that lie before what was read: {@code start < f + B}. */
    private boolean mayLackRecords(long windowStart) {
        return firstEventTime != FROM_THE_START && windowStart < firstEventTime + outOfOrderness;
    }

    private void refuseAnotherLog(Fetched fetched) {
        if (!fetched.topicId().equals(place.topicId())) {
            throw refused(
                    "topic "
                            + place.topic()
                            + " was deleted and made anew: its id was "
                            + place.topicId()
                            + " and is "
                            + fetched.topicId());
        }
        boolean wentBack =
                fetched.beginsRecord()
                        ? fetched.offset() <= lastOffset
                        : fetched.offset() != lastOffset;
        if (wentBack) {
            throw refused(
                    "partition "
                            + place.topic()
                            + '-'
                            + place.partition()
                            + " went back to offset "
                            + fetched.offset()
                            + " after "
                            + lastOffset);
        }
    }

    private static SuppressRestartsException refused(String what) {
        return new SuppressRestartsException(
                new IllegalStateException(
                        what
                                + "; what was counted does not belong to it: start a new generation"
                                + " without state"));
    }

    /** Whether the open line has grown so large that it should be closed. */
    boolean isLineFull() {
        return line != null && line.isFull();
    }

    /** Closes the open line, if there is one. */
    Optional<AuditLine> closeLine() {
        Optional<AuditLine> closed = Optional.ofNullable(openLine());
        line = null;
        return closed;
    }

    private AuditLine openLine() {
        return line == null ? null : line.line(place, clock, settings);
    }

    /** The books for a checkpoint. */
    PartitionState state() {
        var horizons = new SpecHorizon[specs.size()];
        Arrays.setAll(
                horizons,
                spec -> new SpecHorizon(specs.get(spec).canonical(), clock.horizon(spec)));
        return new PartitionState(
                place.topic(),
                place.topicId(),
                place.partition(),
                settings.generation(),
                clock.clock(),
                List.of(horizons),
                lastOffset,
                firstEventTime,
                openLine());
    }
}
