// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.time.Duration;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** An operator whose watermark does not go back, by a restore at most to the smallest of its tasks: see {@link KeptWatermark}. */
public abstract class WatermarkKeeper<IN, OUT> extends AbstractStreamOperator<OUT>
        implements OneInputStreamOperator<IN, OUT> {

    private static final long serialVersionUID = 1L;

    private final long allowedLateness;
    private transient KeptWatermark watermark;

    /** The allowed lateness is that of the windows after it. */
    protected WatermarkKeeper(StreamOperatorParameters<OUT> parameters, Duration allowedLateness) {
        super(parameters);
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

    /** Whether the window that {@code eventTime} is in, or the first of them, had been forgotten before the restore. */
    protected final boolean hasForgotten(WindowSpec spec, long eventTime) {
        return watermark.hasForgotten(eventTime + 1)
                && !(spec instanceof WindowSpec.None)
                && watermark.hasForgotten(spec.firstEnd(eventTime));
    }

    /** Passes partials on, but for those of windows that are forgotten, which go to {@link PaneResults#DROPPED}. */
    static final class PassPartials extends WatermarkKeeper<Partial, Partial> {

        private static final long serialVersionUID = 1L;

        private final WindowSpec spec;

        PassPartials(StreamOperatorParameters<Partial> parameters, WindowSpec spec, Duration allowedLateness) {
            super(parameters, allowedLateness);
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
