// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.LastWordSerializer;
import dev.streampane.pipeline.state.PartialSerializer;
import java.io.IOException;
import java.util.Comparator;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Sliding windows, cut into slices of gcd(size, slide), so that a record is added to one slice and not to each of its windows. Each window
 * of a key has one FINAL result when the watermark reaches the window's last millisecond, and a REVISED result for each record that comes
 * within the allowed lateness. A window without records has no result.
 *
 * <p>A record is counted in all of its windows or in none: it is dropped to the side output {@link PaneResults#DROPPED} if its first window
 * is closed, {@code end - 1 + L <= W} (L: allowed lateness, W: watermark).
 *
 * <p>State per key: the aggregate of each slice, until the slice's last window is closed; and the {@link LastWord} of each published
 * window, until that window is closed. Each is a state entry of its own, with the number of the slice or the end of the window as
 * namespace, so that a checkpoint copies only the entries that change while it runs. Timers per key: one for the next window to fire, and
 * one for each published window, to remove it.
 *
 * <p>With previews: once after each interval in which records came to a key, a preview of the key's next window to fire. Previews of all
 * open windows would be size / slide rows, each with more missing records than the one before.
 *
 * <p>After a restore with a larger out-of-orderness, the watermark can start lower, so that a published window fires again. It emits no
 * result unless it has more records than its last result.
 *
 * <p>Runs in the task thread only.
 */
public final class SlidingWindows extends AbstractStreamOperator<Output>
        implements OneInputStreamOperator<Partial, Output>, Triggerable<String, Long> {

    /** Name of the slices' state: part of the on-disk format. */
    static final String SLICES = "slices";

    /** Name of the published windows' state: part of the on-disk format. */
    static final String PUBLISHED = "published-windows";

    /** Name of the timers: part of the on-disk format. */
    static final String TIMERS = "windows";

    private final SpecResults results;
    private final long size;
    private final long slide;
    private final long sliceLength;
    private final long allowedLateness;
    private final long preview;
    private transient SliceState slices;
    private transient InternalValueState<String, Long, LastWord> published;
    private transient InternalTimerService<Long> timers;
    private transient boolean restored;

    SlidingWindows(SpecResults results, Firing firing) {
        this.results = results;
        var spec = (WindowSpec.Sliding) results.spec();
        this.size = spec.size().toMillis();
        this.slide = spec.slide().toMillis();
        this.sliceLength = spec.slice();
        this.allowedLateness = firing.allowedLateness().toMillis();
        this.preview = firing.preview().toMillis();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        restored = context.isRestored();
    }

    @Override
    public void open() throws Exception {
        super.open();
        slices = new SliceState(state(new ValueStateDescriptor<>(SLICES, new PartialSerializer())), this::key);
        published = state(new ValueStateDescriptor<>(PUBLISHED, new LastWordSerializer()));
        timers = getInternalTimerService(TIMERS, LongSerializer.INSTANCE, this);
        if (restored) {
            try (var found = this.<String>getKeyedStateBackend().<Long>getKeysAndNamespaces(SLICES)) {
                found.sorted(Comparator.comparing(slice -> slice.f1)).forEach(slices::restored);
            }
            findPreviewTimers();
        }
    }

    @SuppressWarnings("unchecked")
    private <T> InternalValueState<String, Long, T> state(ValueStateDescriptor<T> descriptor) throws Exception {
        State state = getOrCreateKeyedState(LongSerializer.INSTANCE, descriptor);
        return (InternalValueState<String, Long, T>) state;
    }

    private void findPreviewTimers() throws Exception {
        timers.forEachProcessingTimeTimer((end, time) -> {
            SliceTree tree = slices.treeIfAny();
            if (tree != null) {
                tree.previewAt = time;
                tree.previewEnd = end;
            }
        });
    }

    private String key() {
        return (String) getCurrentKey();
    }

    int keys() {
        return slices.keys();
    }

    @Override
    public void processElement(StreamRecord<Partial> element) throws Exception {
        Partial partial = element.getValue();
        long end = results.spec().firstEnd(partial.minEventTime);
        if (isClosed(end)) {
            output.collect(PaneResults.DROPPED, element);
            return;
        }
        slices.add(Math.floorDiv(partial.minEventTime, sliceLength), partial, hasPassed(end) || preview != 0);
        long lastEnd = lastEnd(partial.minEventTime);
        while (end <= lastEnd && hasPassed(end)) {
            fire(end);
            end += slide;
        }
        if (end <= lastEnd) {
            comeBack(end);
        }
    }

    /** Sets the timers for a window that has not fired. */
    private void comeBack(long end) {
        SliceTree tree = slices.tree();
        if (tree.lastTimer != end) {
            tree.lastTimer = end;
            timers.registerEventTimeTimer(end, end - 1);
        }
        if (preview != 0 && tree.previewAt == 0) {
            tree.previewAt = timers.currentProcessingTime() + preview;
            tree.previewEnd = end;
            timers.registerProcessingTimeTimer(end, tree.previewAt);
        }
    }

    /** The end of the last window that contains {@code time}. */
    private long lastEnd(long time) {
        return size + slide * Math.floorDiv(time, slide);
    }

    /** Whether the watermark has reached the window's last millisecond. */
    private boolean hasPassed(long end) {
        return end - 1 <= timers.currentWatermark();
    }

    /** Whether the window takes no more records. */
    private boolean isClosed(long end) {
        return end - 1 + allowedLateness <= timers.currentWatermark();
    }

    @Override
    public void onEventTime(InternalTimer<String, Long> timer) throws Exception {
        long end = timer.getNamespace();
        if (timer.getTimestamp() != end - 1) {
            forgetWhenClosed(end);
            return;
        }
        if (timers.currentWatermark() == Long.MAX_VALUE) {
            fireAllFrom(end);
            return;
        }
        if (fireInOrder(end, slices.tree())) {
            timers.registerEventTimeTimer(end + slide, end + slide - 1);
        }
    }

    /**
     * At the end of the input, fires this window and the following ones up to the first gap: a batch does not accept timers from a timer
     * callback.
     */
    private void fireAllFrom(long end) throws Exception {
        SliceTree tree = slices.tree();
        long next = end;
        while (next > tree.lastFired) {
            tree.lastFired = next;
            if (fireInOrder(next, tree)) {
                next += slide;
            }
        }
    }

    /** Fires a window, and cancels the preview if it is the key's last open window; returns whether the next window has records as well. */
    private boolean fireInOrder(long end, SliceTree tree) throws Exception {
        Partial pane = fire(end);
        if (tree.previewAt != 0 && (tree.isEmpty() || lastEnd(tree.last() * sliceLength) <= end)) {
            timers.deleteProcessingTimeTimer(tree.previewEnd, tree.previewAt);
            tree.previewAt = 0;
        }
        return pane.maxEventTime >= end + slide - size;
    }

    /** Emits a preview of the next window to fire. Does nothing if the job was restored with previews off. */
    @Override
    public void onProcessingTime(InternalTimer<String, Long> timer) throws Exception {
        SliceTree tree = slices.treeIfAny();
        if (tree == null || preview == 0) {
            return;
        }
        tree.previewAt = 0;
        long end = timer.getNamespace();
        if (hasPassed(end)) {
            end = results.spec().firstEnd(timers.currentWatermark() + 1);
        }
        Partial pane = pane(end);
        if (pane.count > 0) {
            Published before = lastWord(end).published();
            emit(pane, end, Revision.preview(before, results.label().generation()));
        }
    }

    /** Emits a result of the window, unless its last result has the same records; returns the window's pane. */
    private Partial fire(long end) throws Exception {
        Partial pane = pane(end);
        LastWord before = lastWord(end);
        if (pane.count > before.count()) {
            int generation = results.label().generation();
            Revision revision = Revision.after(before.published(), generation);
            published.update(new LastWord(new Published(generation, revision.rev()), pane.count));
            emit(pane, end, revision);
        }
        forgetWhenClosed(end);
        return pane;
    }

    private Partial pane(long end) {
        return slices.sum(firstSlice(end), end / sliceLength).in(end - size, end);
    }

    private LastWord lastWord(long end) throws IOException {
        published.setCurrentNamespace(end);
        LastWord last = published.value();
        return last == null ? LastWord.NONE : last;
    }

    private void emit(Partial pane, long end, Revision revision) {
        output.collect(new StreamRecord<>(
                results.result(key(), end - size, end, revision, pane, timers.currentWatermark()), end - 1));
    }

    /** The number of the first slice of the window that ends at {@code end}; window borders are slice borders. */
    private long firstSlice(long end) {
        return (end - size) / sliceLength;
    }

    /**
     * Removes the window if it is closed. If not, sets a timer for the time at which it is: after the window has fired, or when the timer of
     * a run with a smaller allowed lateness comes too early.
     */
    private void forgetWhenClosed(long end) {
        if (isClosed(end)) {
            forget(end);
        } else {
            timers.registerEventTimeTimer(end, end - 1 + allowedLateness);
        }
    }

    /** Removes a window, and the slices that belong only to it and to earlier windows. */
    private void forget(long end) {
        published.setCurrentNamespace(end);
        published.clear();
        slices.removeBelow(firstSlice(end + slide));
    }
}
