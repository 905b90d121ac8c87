// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Timers of a writer that keep an interrupt.
 *
 * <p>The timer of {@link org.apache.flink.connector.base.sink.writer.AsyncSinkWriter} blocks while requests are in flight, possibly inside of a
 * {@code write} or {@code flush} that blocks as well. When the task is cancelled, the first interrupt ends only the timer: Flink treats the
 * exception as a failure of the timer, and the outer call continues to wait until the next interrupt, 30 s later. Here the thread stays
 * interrupted, so that the next blocking call ends as well.
 */
record InterruptibleTimers(ProcessingTimeService timers) implements ProcessingTimeService {

    /** The writer's context with these timers and no other change. */
    static WriterInitContext in(WriterInitContext context) {
        return (WriterInitContext) Proxy.newProxyInstance(
                WriterInitContext.class.getClassLoader(),
                new Class<?>[] {WriterInitContext.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.getReturnType() == ProcessingTimeService.class
                                ? new InterruptibleTimers(context.getProcessingTimeService())
                                : method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public long getCurrentProcessingTime() {
        return timers.getCurrentProcessingTime();
    }

    @Override
    public ScheduledFuture<?> registerTimer(long time, ProcessingTimeCallback target) {
        return timers.registerTimer(time, now -> {
            try {
                target.onProcessingTime(now);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
