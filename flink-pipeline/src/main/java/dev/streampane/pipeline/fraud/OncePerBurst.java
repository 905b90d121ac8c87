// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.contract.Alert;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the first alert of a burst pass: one that begins less than the window after the last one's end, whether that passed or not, is of
 * the same burst.
 *
 * <p>Window 1 min, alerts of 0 to 40 s, 50 to 100 s, 159.999 to 170 s and 230 to 235 s: the first and the last pass.
 *
 * <p>State, per client: the end of the last alert. It is forgotten two windows later: what begins less than one window after it ends less
 * than two windows after it, and then all of that has come. And of how many payments the pattern's automata in the same savepoint are: one of
 * another number fails at a client's next payment or timer, whenever the job is started again.
 */
final class OncePerBurst extends KeyedProcessFunction<String, Alert, Alert> implements CheckpointedFunction {

    /** Name of the state: part of the on-disk format. */
    static final String BURST_END = "burst-end";

    /** Name of the state: part of the on-disk format. */
    static final String BURST_COUNT = "burst-count";

    private final int count;
    private final long windowMillis;
    private transient ListState<Integer> counts;
    private transient ValueState<Long> burstEnd;

    OncePerBurst(Thresholds.ManyTransactions limits) {
        this.count = limits.count();
        this.windowMillis = limits.window().toMillis();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        counts = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(BURST_COUNT, IntSerializer.INSTANCE));
        for (int kept : counts.get()) {
            if (kept != count) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "--burst-count is %s, and the state has %s: the count may not change with state; give that of the state, or start a new generation without state"
                                .formatted(count, kept)));
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        counts.update(List.of(count));
    }

    @Override
    public void open(OpenContext context) {
        burstEnd = getRuntimeContext().getState(new ValueStateDescriptor<>(BURST_END, Types.LONG));
    }

    @Override
    public void processElement(Alert alert, Context context, Collector<Alert> out) throws Exception {
        Long before = burstEnd.value();
        if (before == null || alert.start().toEpochMilli() >= before + windowMillis) {
            out.collect(alert);
        }
        long end = alert.end().toEpochMilli();
        burstEnd.update(end);
        context.timerService().registerEventTimeTimer(end + 2 * windowMillis);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        Long end = burstEnd.value();
        if (end != null && end + 2 * windowMillis <= time) {
            burstEnd.clear();
        } else if (end != null) {
            context.timerService().registerEventTimeTimer(end + 2 * windowMillis);
        }
    }
}
