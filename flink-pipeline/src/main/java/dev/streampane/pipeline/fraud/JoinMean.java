// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.state.EarlierSerializer;
import dev.streampane.pipeline.state.PaymentSerializer;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Sorts each client's payments by event time, then by partition and offset, and adds to each payment what the client had paid before it.
 *
 * <p>Payments of 20 at 06:00:02, 10 at 06:00:01 (in this order) and 30 at 06:00:03 become, as the watermark passes them: 10 after nothing, 20
 * after 1 payment of 10, 30 after 2 payments of 30. Refunds pass through and are not added to the sum.
 *
 * <p>State, per client: the payments that the watermark has not passed yet, and the count and the sum of those that it has passed. The sum is
 * forgotten when the client has not paid for longer than the time to live, by the event times of its payments; a timer clears the state, at most
 * one per client. A payment that arrives behind the watermark although {@code Intake} counted it is forwarded unchanged: the patterns' operators
 * have the same watermark and drop it as late, which a correction reports.
 */
public final class JoinMean extends KeyedProcessFunction<String, Counted<Transaction>, Payment> {

    /** Name of the state: part of the on-disk format. */
    static final String PENDING = "pending-payments";

    static final String EARLIER = "earlier-payments";

    private final long timeToLiveMillis;
    private transient MapState<Long, List<Payment>> pending;
    private transient ValueState<Earlier> earlier;

    JoinMean(Duration timeToLive) {
        this.timeToLiveMillis = timeToLive.toMillis();
    }

    @Override
    public void open(OpenContext context) {
        pending = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        PENDING, LongSerializer.INSTANCE, new ListSerializer<>(new PaymentSerializer())));
        earlier = getRuntimeContext().getState(new ValueStateDescriptor<>(EARLIER, new EarlierSerializer()));
    }

    @Override
    public void processElement(Counted<Transaction> counted, Context context, Collector<Payment> out) throws Exception {
        Payment payment = Payment.of(counted);
        long time = payment.eventTime();
        if (time <= context.timerService().currentWatermark()) {
            out.collect(payment);
            return;
        }
        List<Payment> sameTime = pending.get(time);
        if (sameTime == null) {
            sameTime = new ArrayList<>(1);
            context.timerService().registerEventTimeTimer(time);
        }
        sameTime.add(payment);
        pending.put(time, sameTime);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Payment> out) throws Exception {
        List<Payment> due = pending.get(time);
        if (due != null) {
            pending.remove(time);
            due.sort(new Payment.InOrder());
            for (Payment payment : due) {
                out.collect(join(payment, context));
            }
        }
        Earlier known = earlier.value();
        if (known != null && known.wakeUp() == time) {
            forgetOrSleep(known, context);
        }
    }

    private Payment join(Payment payment, OnTimerContext context) throws Exception {
        Earlier known = earlier.value();
        if (known == null || payment.eventTime() > known.last() + timeToLiveMillis) {
            known = new Earlier(0, BigInteger.ZERO, 0, known == null ? 0 : known.wakeUp());
        }
        if (payment.amountUnits() > 0) {
            Earlier now = known.plus(payment);
            if (now.wakeUp() == 0 && context.timerService().currentWatermark() != Long.MAX_VALUE) {
                now = now.wakingUp(expiry(now));
                context.timerService().registerEventTimeTimer(now.wakeUp());
            }
            earlier.update(now);
        }
        return payment.after(
                known.count(), known.sumUnits(), context.timerService().currentWatermark());
    }

    private void forgetOrSleep(Earlier known, OnTimerContext context) throws Exception {
        if (expiry(known) <= known.wakeUp()) {
            earlier.clear();
        } else {
            earlier.update(known.wakingUp(expiry(known)));
            context.timerService().registerEventTimeTimer(expiry(known));
        }
    }

    /** The first moment at which the sum is forgotten. */
    private long expiry(Earlier known) {
        return known.last() + timeToLiveMillis + 1;
    }
}
