// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * An operator whose watermark never goes back. Where the task is restored it begins where the operators after all of the tasks were, at
 * the smallest of those that were not idle. Otherwise time would begin anew after a restore, and a partition that was idle or is new could
 * open a window again that has been closed and forgotten. It can begin before that when a task is no longer idle and still behind the
 * others, never after: whether operators wait for such a task again, it cannot tell. So the tasks of windows and patterns, after the exchange, keep theirs, too.
 *
 * <p>Where the allowed lateness L shrinks by a restore it begins earlier by as much: up to the largest {@code W - L} that there ever was
 * windows are forgotten, and what ends later may still be counted, for B may have grown as L shrank (see {@link PartitionClock}). Not before
 * running totals, which have no L and are numbered by W. Where L grows it begins where it was, and what had been forgotten stays so: {@link
 * #hasForgotten}.
 *
 * <p>W 12:04:54.999, L 1 min, restored with L 0: it begins at 12:03:54.999.
 *
 * <p>State: of each of the two times, two union lists with at most one entry per task. State from before L was looked at has the watermark
 * alone, which then begins there.
 */
public abstract class WatermarkKeeper<IN, OUT> extends AbstractStreamOperator<OUT>
        implements OneInputStreamOperator<IN, OUT> {

    /** Name of the state of watermarks: part of the on-disk format. */
    static final String WATERMARKS = "watermarks";

    /** Name of the state of the times up to which windows are forgotten: part of the on-disk format. */
    static final String FORGOTTEN = "forgotten";

    private final long allowedLateness;
    private final boolean goesBack;
    private transient KeptTime watermarks;
    private transient KeptTime forgotten;
    /** In ms since the epoch; Long.MIN_VALUE = none yet. */
    private transient long current;
    /** The largest {@code W - L}; Long.MIN_VALUE = none yet. */
    private transient long forgottenTo;

    private transient long forgottenBefore;
    private transient boolean isIdle;

    /**
     * The allowed lateness is that of the windows after it.
     *
     * @param goesBack whether it begins earlier where that shrinks
     */
    protected WatermarkKeeper(Duration allowedLateness, boolean goesBack) {
        this.allowedLateness = allowedLateness.toMillis();
        this.goesBack = goesBack;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        watermarks = KeptTime.of(context.getOperatorStateStore(), WATERMARKS);
        forgotten = KeptTime.of(context.getOperatorStateStore(), FORGOTTEN);
        current = watermarks.restored();
        forgottenBefore = forgotten.restored();
        forgottenTo = forgottenBefore;
        if (goesBack && forgottenTo != Long.MIN_VALUE) {
            current = Math.min(current, forgottenTo + allowedLateness);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        if (current != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(current));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() > current) {
            current = mark.getTimestamp();
            forgottenTo = Math.max(forgottenTo, current - allowedLateness);
            super.processWatermark(mark);
        }
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        isIdle = status.isIdle();
        super.processWatermarkStatus(status);
    }

    /** The end of time, which a drained job has seen, is none that it could go on from. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        boolean ended = current == Long.MAX_VALUE;
        watermarks.update(ended ? List.of() : List.of(current), isIdle);
        forgotten.update(ended ? List.of() : List.of(forgottenTo), isIdle);
    }

    /**
     * The same records, where time goes on after a restore as the operators after them had it.
     *
     * @param keyed given back as it is in batch mode, which is not restored
     * @param uid the operator's uid and name
     */
    public static <T> KeyedStream<T, String> behind(KeyedStream<T, String> keyed, String uid) {
        if (PaneResults.isBatch(keyed)) {
            return keyed;
        }
        return DataStreamUtils.reinterpretAsKeyedStream(
                behind(keyed, uid, new PassAll<>()), keyed.getKeySelector(), Types.STRING);
    }

    /** By a keeper that does more. */
    static <T> SingleOutputStreamOperator<T> behind(
            KeyedStream<T, String> keyed, String uid, WatermarkKeeper<T, T> keeper) {
        return new DataStream<>(keyed.getExecutionEnvironment(), keyed.getTransformation())
                .transform(uid, keyed.getType(), keeper)
                .uid(uid);
    }

    /**
     * Whether the window that {@code eventTime} is in, or the first of them, had been forgotten before the restore. A larger L would open it
     * again for a record of a partition that has no horizon.
     */
    protected final boolean hasForgotten(WindowSpec spec, long eventTime) {
        return eventTime <= forgottenBefore
                && !(spec instanceof WindowSpec.None)
                && spec.firstEnd(eventTime) - 1 <= forgottenBefore;
    }

    /** Passes all on: the operators after it keep nothing for what comes late. */
    private static final class PassAll<T> extends WatermarkKeeper<T, T> {

        PassAll() {
            super(Duration.ZERO, false);
        }

        @Override
        public void processElement(StreamRecord<T> element) {
            output.collect(element);
        }
    }

    /** Passes partials on, but for those of windows that are forgotten, which go to {@link PaneResults#DROPPED}. */
    static final class PassPartials extends WatermarkKeeper<Partial, Partial> {

        private final WindowSpec spec;

        PassPartials(WindowSpec spec, Duration allowedLateness) {
            super(allowedLateness, !spec.dependsOnArrival());
            this.spec = spec;
        }

        @Override
        public void processElement(StreamRecord<Partial> element) {
            if (hasForgotten(spec, element.getValue().minEventTime)) {
                output.collect(PaneResults.DROPPED, element);
            } else {
                output.collect(element);
            }
        }
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
