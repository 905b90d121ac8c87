// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/**
 * The watermark of a task, which never goes back. Where the task is restored it begins where the operators after all of the tasks were, at
 * the smallest of those that were not idle. Otherwise time would begin anew after a restore, and a partition that was idle or is new could
 * open a window again that has been closed and forgotten. It can begin before that when a task is no longer idle and still behind the
 * others, never after: whether operators wait for such a task again, it cannot tell. So the tasks of windows and patterns, after the exchange, keep theirs, too.
 *
 * <p>Where the allowed lateness L shrinks by a restore it begins earlier by as much: up to the largest {@code W - L} that there ever was
 * windows are forgotten, and what ends later may still be counted, for B may have grown as L shrank (see {@link PartitionClock}). Where L
 * grows it begins where it was, and what had been forgotten stays so: {@link #hasForgotten}.
 *
 * <p>W 12:04:54.999, L 1 min, restored with L 0: it begins at 12:03:54.999.
 *
 * <p>State: of each of the two times, two union lists with at most one entry per task. State from before L was looked at has the watermark
 * alone, which then begins there.
 */
final class KeptWatermark {

    /** Name of the state of watermarks: part of the on-disk format. */
    static final String WATERMARKS = "watermarks";

    /** Name of the state of the times up to which windows are forgotten: part of the on-disk format. */
    static final String FORGOTTEN = "forgotten";

    private final KeptTime watermarks;
    private final KeptTime forgotten;
    private final long allowedLateness;
    private final long forgottenBefore;
    private long current;

    /** The largest {@code W - L}; Long.MIN_VALUE = none yet. */
    private long forgottenTo;

    private boolean isIdle;

    /** Restored, if there is something to restore. */
    KeptWatermark(OperatorStateStore store, long allowedLateness) throws Exception {
        this.allowedLateness = allowedLateness;
        watermarks = KeptTime.of(store, WATERMARKS);
        forgotten = KeptTime.of(store, FORGOTTEN);
        current = watermarks.restored();
        forgottenBefore = forgotten.restored();
        forgottenTo = forgottenBefore;
        if (forgottenTo != Long.MIN_VALUE) {
            current = Math.min(current, forgottenTo + allowedLateness);
        }
    }

    /** In ms since the epoch; Long.MIN_VALUE = none yet. */
    long current() {
        return current;
    }

    /**
     * Whether a window that closes at {@code end} had been forgotten before the restore. A larger L would open it again for a record of a
     * partition that has no horizon.
     */
    boolean hasForgotten(long end) {
        return end - 1 <= forgottenBefore;
    }

    /** Whether the time is a later one, which it is now. */
    boolean advanceTo(long time) {
        if (time <= current) {
            return false;
        }
        current = time;
        forgottenTo = Math.max(forgottenTo, time - allowedLateness);
        return true;
    }

    void setIdle(boolean isIdle) {
        this.isIdle = isIdle;
    }

    /** Writes it for a checkpoint; the end of time, which a drained job has seen, is none that it could go on from. */
    void snapshot() throws Exception {
        boolean ended = current == Long.MAX_VALUE;
        watermarks.update(ended ? List.of() : List.of(current), isIdle);
        forgotten.update(ended ? List.of() : List.of(forgottenTo), isIdle);
    }

    /** A time of each task, by whether it is idle. */
    private record KeptTime(ListState<Long> active, ListState<Long> idle) {

        static KeptTime of(OperatorStateStore store, String name) throws Exception {
            return new KeptTime(list(store, name), list(store, "idle-" + name));
        }

        private static ListState<Long> list(OperatorStateStore store, String name) throws Exception {
            return store.getUnionListState(new ListStateDescriptor<>(name, LongSerializer.INSTANCE));
        }

        /** The smallest of the active tasks, or else the largest of the idle ones; Long.MIN_VALUE = none. */
        long restored() throws Exception {
            long largest = Long.MIN_VALUE;
            for (long time : idle.get()) {
                largest = Math.max(largest, time);
            }
            long smallest = Long.MAX_VALUE;
            for (long time : active.get()) {
                smallest = Math.min(smallest, time);
            }
            return smallest == Long.MAX_VALUE ? largest : smallest;
        }

        void update(List<Long> kept, boolean isIdle) throws Exception {
            active.update(isIdle ? List.of() : kept);
            idle.update(isIdle ? kept : List.of());
        }
    }
}
