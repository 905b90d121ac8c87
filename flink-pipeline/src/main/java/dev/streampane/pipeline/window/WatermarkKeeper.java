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
 * An operator whose watermark does not go back, not even at a restore. A restored task starts at the watermark that the operators
 * downstream of all tasks had: the smallest among the tasks that were not idle. Otherwise event time would start again after a restore, and
 * a partition that was idle or is new could reopen a window that has been closed and removed. The start can be lower than the downstream
 * watermark, never higher: when a task is no longer idle but still behind the others, this operator cannot tell whether downstream
 * operators wait for it. Therefore the window and pattern tasks, after the keyBy, have a keeper of their own.
 *
 * <p>If the allowed lateness L is smaller after a restore, the watermark starts lower by the difference: windows are removed up to the
 * largest {@code W - L} so far (W: watermark), and a window that ends later may still count records, because the out-of-orderness may have
 * grown as L shrank (see {@code PartitionClock}). This does not apply before running totals, which have no L and are numbered by W. If L is
 * larger, the watermark starts where it was, and removed windows stay removed: {@link #hasForgotten}.
 *
 * <p>Example: with W 12:04:54.999 and L 1 min, a restore with L 0 starts at 12:03:54.999.
 *
 * <p>State: for each of two times, the watermark and the largest {@code W - L}, two union lists with at most one entry per task. If state of
 * an old version has only the watermark, the operator starts there.
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
    /** The watermark in ms since the epoch; Long.MIN_VALUE = none yet. */
    private transient long current;
    /** The largest {@code W - L} in ms since the epoch; Long.MIN_VALUE = none yet. */
    private transient long forgottenTo;

    private transient long forgottenBefore;
    private transient boolean isIdle;

    /**
     * @param allowedLateness that of the windows downstream
     * @param goesBack whether the watermark starts lower after a restore with a smaller allowed lateness
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

    /** Stores no Long.MAX_VALUE, the watermark of a drained job: a job could not continue from it. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        boolean ended = current == Long.MAX_VALUE;
        watermarks.update(ended ? List.of() : List.of(current), isIdle);
        forgotten.update(ended ? List.of() : List.of(forgottenTo), isIdle);
    }

    /**
     * The same records, with a watermark that continues after a restore where the downstream operators had it.
     *
     * @param keyed returned unchanged in batch mode, which is not restored
     * @param uid the operator's uid and name
     */
    public static <T> KeyedStream<T, String> behind(KeyedStream<T, String> keyed, String uid) {
        if (PaneResults.isBatch(keyed)) {
            return keyed;
        }
        return DataStreamUtils.reinterpretAsKeyedStream(
                behind(keyed, uid, new PassAll<>()), keyed.getKeySelector(), Types.STRING);
    }

    /** The same with the given keeper. */
    static <T> SingleOutputStreamOperator<T> behind(
            KeyedStream<T, String> keyed, String uid, WatermarkKeeper<T, T> keeper) {
        return new DataStream<>(keyed.getExecutionEnvironment(), keyed.getTransformation())
                .transform(uid, keyed.getType(), keeper)
                .uid(uid);
    }

    /**
     * Whether the window of {@code eventTime}, or its first one, had been removed before the restore. With a larger L, a record of a
     * partition without a horizon would open it again.
     */
    protected final boolean hasForgotten(WindowSpec spec, long eventTime) {
        return eventTime <= forgottenBefore
                && !(spec instanceof WindowSpec.None)
                && spec.firstEnd(eventTime) - 1 <= forgottenBefore;
    }

    /** Passes all records on, with allowed lateness 0: the operators downstream keep nothing for late records. */
    private static final class PassAll<T> extends WatermarkKeeper<T, T> {

        PassAll() {
            super(Duration.ZERO, false);
        }

        @Override
        public void processElement(StreamRecord<T> element) {
            output.collect(element);
        }
    }

    /** Passes partials on; those of removed windows go to the side output {@link PaneResults#DROPPED}. */
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

    /** One time per task, in separate lists for active and idle tasks. */
    private record KeptTime(ListState<Long> active, ListState<Long> idle) {

        static KeptTime of(OperatorStateStore store, String name) throws Exception {
            return new KeptTime(list(store, name), list(store, "idle-" + name));
        }

        private static ListState<Long> list(OperatorStateStore store, String name) throws Exception {
            return store.getUnionListState(new ListStateDescriptor<>(name, LongSerializer.INSTANCE));
        }

        /** The smallest time of the active tasks, or else the largest of the idle ones; Long.MIN_VALUE = none. */
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
