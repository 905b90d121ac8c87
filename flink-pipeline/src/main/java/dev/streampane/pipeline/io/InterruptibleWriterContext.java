// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * A writer's context whose timers do not swallow an interrupt.
 *
 * <p>The timer of {@link org.apache.flink.connector.base.sink.writer.AsyncSinkWriter} blocks while requests are in flight, and it may do so
 * inside of a {@code write} or {@code flush} that blocks as well. When the task is cancelled, its one interrupt ends the timer; Flink takes
 * the exception for a failure of the timer and the outer call waits on, until the next interrupt in 30 s. Here the interrupt stays set, so
 * that whatever blocks next ends, too.
 */
record InterruptibleWriterContext(WriterInitContext context) implements WriterInitContext {

    @Override
    public ProcessingTimeService getProcessingTimeService() {
        return new InterruptibleTimers(context.getProcessingTimeService());
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return context.getUserCodeClassLoader();
    }

    @Override
    public MailboxExecutor getMailboxExecutor() {
        return context.getMailboxExecutor();
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
        return context.metricGroup();
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
        return context.asSerializationSchemaInitializationContext();
    }

    @Override
    public boolean isObjectReuseEnabled() {
        return context.isObjectReuseEnabled();
    }

    @Override
    public <IN> TypeSerializer<IN> createInputSerializer() {
        return context.createInputSerializer();
    }

    @Override
    public <M> Optional<Consumer<M>> metadataConsumer() {
        return context.metadataConsumer();
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
        return context.getRestoredCheckpointId();
    }

    @Override
    public JobInfo getJobInfo() {
        return context.getJobInfo();
    }

    @Override
    public TaskInfo getTaskInfo() {
        return context.getTaskInfo();
    }

    private record InterruptibleTimers(ProcessingTimeService timers) implements ProcessingTimeService {

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
}
