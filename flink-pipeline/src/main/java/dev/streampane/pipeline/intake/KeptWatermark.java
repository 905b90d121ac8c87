// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/**
 * The watermark of a task, which never goes back, not even where the task is restored: there it begins where the operators after all of
 * the tasks were, at the smallest of those that were not idle. Otherwise time would begin anew after a restore, and a partition that was
 * idle or is new could open a window again that has been closed and forgotten. It can begin before that when a task is no longer idle
 * and still behind the others, never after.
 *
 * <p>State: two union lists with at most one entry per task.
 */
final class KeptWatermark {

    /** Name of the state of tasks that are not idle: part of the on-disk format. */
    static final String WATERMARKS = "watermarks";

    /** Name of the state of those that are: part of the on-disk format. */
    static final String IDLE_WATERMARKS = "idle-watermarks";

    private final ListState<Long> active;
    private final ListState<Long> idle;
    private long current = Long.MIN_VALUE;
    private boolean isIdle;

    /** Restored, if there is something to restore. */
    KeptWatermark(OperatorStateStore store) throws Exception {
        active = store.getUnionListState(new ListStateDescriptor<>(WATERMARKS, LongSerializer.INSTANCE));
        idle = store.getUnionListState(new ListStateDescriptor<>(IDLE_WATERMARKS, LongSerializer.INSTANCE));
        for (long time : idle.get()) {
            current = Math.max(current, time);
        }
        long smallest = Long.MAX_VALUE;
        for (long time : active.get()) {
            smallest = Math.min(smallest, time);
        }
        if (smallest != Long.MAX_VALUE) {
            current = smallest;
        }
    }

    /** In ms since the epoch; Long.MIN_VALUE = none yet. */
    long current() {
        return current;
    }

    /** Whether the time is a later one, which it is now. */
    boolean advanceTo(long time) {
        boolean later = time > current;
        current = Math.max(current, time);
        return later;
    }

    void setIdle(boolean isIdle) {
        this.isIdle = isIdle;
    }

    /** Writes it for a checkpoint; the end of time, which a drained job has seen, is none that it could go on from. */
    void snapshot() throws Exception {
        List<Long> kept = current == Long.MAX_VALUE ? List.of() : List.of(current);
        active.update(isIdle ? List.of() : kept);
        idle.update(isIdle ? kept : List.of());
    }
}
