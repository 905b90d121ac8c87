// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.kafka.CommitCoordinator.OutputWritten;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinator;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinatorTestingUtils.CheckpointCoordinatorBuilder;
import org.apache.flink.runtime.checkpoint.StandaloneCheckpointIDCounter;
import org.apache.flink.runtime.jobgraph.tasks.CheckpointCoordinatorConfiguration;
import org.apache.flink.util.concurrent.ScheduledExecutorServiceAdapter;
import org.junit.jupiter.api.Test;

class CommitCoordinatorTest {

    /** Otherwise it would use up what failures a job tolerates in three seconds, and a short outage would restart it. */
    @Test
    void shouldAskLaterAndLaterWhileCheckpointsFail() throws Exception {
        // Given
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        CheckpointCoordinator checkpoints = failing(executor);
        checkpoints.startCheckpointScheduler();
        BlockingQueue<Long> attempts = new LinkedBlockingQueue<>();
        CommitCoordinator coordinator = new CommitCoordinator(
                () -> {
                    attempts.add(System.nanoTime());
                    return checkpoints;
                },
                Duration.ofMillis(100));
        try {
            // When
            coordinator.handleEventFromOperator(0, 0, new OutputWritten(0));
            // Then
            List<Long> pauses = new ArrayList<>();
            for (long before = attempts.poll(10, TimeUnit.SECONDS), now; pauses.size() < 3; before = now) {
                now = attempts.poll(10, TimeUnit.SECONDS);
                pauses.add(NANOSECONDS.toMillis(now - before));
            }
            assertThat(pauses.get(0)).isGreaterThanOrEqualTo(199);
            assertThat(pauses.get(1)).isGreaterThanOrEqualTo(399);
            assertThat(pauses.get(2)).isGreaterThanOrEqualTo(799);
        } finally {
            coordinator.close();
            checkpoints.shutdown();
            executor.shutdownNow();
        }
    }

    private static CheckpointCoordinator failing(ScheduledExecutorService executor) throws Exception {
        return new CheckpointCoordinatorBuilder()
                .setCheckpointCoordinatorConfiguration(CheckpointCoordinatorConfiguration.builder()
                        .setCheckpointInterval(Duration.ofHours(1).toMillis())
                        .build())
                .setCheckpointIDCounter(new StandaloneCheckpointIDCounter() {
                    @Override
                    public long getAndIncrement() throws Exception {
                        throw new IOException("no space left on device");
                    }
                })
                .setTimer(new ScheduledExecutorServiceAdapter(executor))
                .build(executor);
    }
}
