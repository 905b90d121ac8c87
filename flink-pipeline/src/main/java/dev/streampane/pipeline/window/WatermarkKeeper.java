// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
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

/** An operator whose watermark does not go back, by a restore at most to the smallest of its tasks: see {@link KeptWatermark}. */
public abstract class WatermarkKeeper<IN, OUT> extends AbstractStreamOperator<OUT>
        implements OneInputStreamOperator<IN, OUT> {

    private final long allowedLateness;
    private transient KeptWatermark watermark;

    /** The allowed lateness is that of the windows after it. */
    protected WatermarkKeeper(Duration allowedLateness) {
        this.allowedLateness = allowedLateness.toMillis();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        watermark = new KeptWatermark(context.getOperatorStateStore(), allowedLateness);
    }

    @Override
    public void open() throws Exception {
        super.open();
        if (watermark.current() != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(watermark.current()));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (watermark.advanceTo(mark.getTimestamp())) {
            super.processWatermark(mark);
        }
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        watermark.setIdle(status.isIdle());
        super.processWatermarkStatus(status);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        watermark.snapshot();
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

    /** Whether the window that {@code eventTime} is in, or the first of them, had been forgotten before the restore. */
    protected final boolean hasForgotten(WindowSpec spec, long eventTime) {
        return watermark.hasForgotten(eventTime + 1)
                && !(spec instanceof WindowSpec.None)
                && watermark.hasForgotten(spec.firstEnd(eventTime));
    }

    /** Passes all on: the operators after it keep nothing for what comes late. */
    private static final class PassAll<T> extends WatermarkKeeper<T, T> {

        PassAll() {
            super(Duration.ZERO);
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
            super(allowedLateness);
            this.spec = spec;
        }

        @Override
        public void processElement(StreamRecord<Partial> element) {
            if (hasForgotten(spec, element.getValue().maxEventTime)) {
                output.collect(PaneResults.DROPPED, element);
            } else {
                output.collect(element);
            }
        }
    }
}
