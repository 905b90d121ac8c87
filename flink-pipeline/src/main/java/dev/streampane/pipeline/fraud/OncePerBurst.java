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
 * Forwards only the first alert of each burst. An alert is part of the same burst if it begins less than one window after the end of the alert
 * before it, whether or not that one was forwarded.
 *
 * <p>Window 1 min, alerts of 0 to 40 s, 50 to 100 s, 159.999 to 170 s and 230 to 235 s: the first and the last pass.
 *
 * <p>State, per client: the end of the last alert. It is cleared two windows later: an alert that begins less than one window after that end has
 * ended before then, as alerts are shorter than a window, and so it has arrived. State, per subtask: the count of the pattern. The state of the
 * pattern's operator in the same savepoint fits only this count; with another one the job would fail at a client's next payment or timer, after
 * each restart again.
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
