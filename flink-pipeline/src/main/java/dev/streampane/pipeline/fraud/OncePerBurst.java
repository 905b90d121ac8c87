// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.contract.Alert;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the first alert of a burst pass: one that begins less than the window after the last one's end, whether that passed or not, is of
 * the same burst.
 *
 * <p>Window 1 min, alerts of 0 to 40 s, 50 to 100 s, 159.999 to 170 s and 230 to 235 s: the first and the last pass.
 *
 * <p>State, per client: the end of the last alert. It is forgotten two windows later: what begins less than one window after it ends less
 * than two windows after it, and then all of that has come.
 */
final class OncePerBurst extends KeyedProcessFunction<String, Alert, Alert> {

    /** Name of the state: part of the on-disk format. */
    static final String BURST_END = "burst-end";

    private static final long serialVersionUID = 1L;

    private final long windowMillis;
    private transient ValueState<Long> burstEnd;

    OncePerBurst(Duration window) {
        this.windowMillis = window.toMillis();
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
        }
    }
}
