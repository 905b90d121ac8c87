// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Timers of a writer that do not swallow an interrupt.
 *
 * <p>The timer of {@link org.apache.flink.connector.base.sink.writer.AsyncSinkWriter} blocks while requests are in flight, and it may do so
 * inside of a {@code write} or {@code flush} that blocks as well. When the task is cancelled, its one interrupt ends the timer; Flink takes
 * the exception for a failure of the timer and the outer call waits on, until the next interrupt in 30 s. Here the interrupt stays set, so
 * that whatever blocks next ends, too.
 */
record InterruptibleTimers(ProcessingTimeService timers) implements ProcessingTimeService {

    /** The writer's context with these timers, and all else as it is. */
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
