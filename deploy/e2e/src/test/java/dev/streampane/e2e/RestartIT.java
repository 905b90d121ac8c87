// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.NewestState;
import dev.streampane.local.state.NewestState.State;
import dev.streampane.local.state.Transactions;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.TransactionState;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second {@code up} on the data of a first one that ended badly, and long ago. FaultsIT kills the supervisor, too, and starts it at once. */
@Tag("campaign")
class RestartIT {

    private static final WindowRule RULE = WindowRule.tumbling(Duration.ofSeconds(5));
    private static final Duration DOWNTIME = Duration.ofSeconds(60);
    private static final String JOB = Feed.READINGS.job();
    private static final int ATTEMPTS = 12;
    private static final int RESTARTS = 4;

    /** A broker that was killed reads its transactions after it has begun to answer. */
    private static final Duration BROKER_LOADS = Duration.ofSeconds(15);

    @TempDir
    Path data;

    private final int portOffset = Up.freePortOffset();

    @Test
    void shouldCommitWhatACheckpointPromisedWhenEverythingWasKilledBeforeTheCommit() {
        String[] options = {
            "--jobs",
            JOB,
            "--job-option",
            "parallelism=8",
            "--job-option",
            "checkpoint-interval=500ms" // many checkpoints to be killed in
        };
        try (Load readings =
                new Load("127.0.0.1:" + StackPort.KAFKA.port(portOffset), Feed.READINGS, RULE, Seed.next())) {
            List<JobTransaction> promised = List.of();
            Instant upAgain = Instant.MAX;
            for (int attempt = 1; promised.isEmpty() && attempt <= RESTARTS; attempt++) {
                killBetweenMetadataAndCommit(start(options), readings);
                upAgain = Instant.now().plus(DOWNTIME);
                promised = promisedAndOpen();
            }
            assertThat(promised).isNotEmpty();
            Instant until = upAgain;
            await().atMost(DOWNTIME.plusMinutes(1)).until(() -> Instant.now().isAfter(until));

            try (Up up = start(options)) {
                assertThat(new FlinkJob(up, JOB).restored().path("id").asLong())
                        .isEqualTo(promised.get(0).checkpointId());
                readings.publish(Duration.ofSeconds(40));
                readings.finish();
                Outcome outcome = Outcome.exact(up.bootstrapServers(), RULE);
                assertThat(outcome.oracle().late()).isNotEmpty();
            }
        }
    }

    /**
     * Kills the TaskManager at the sight of a checkpoint's metadata, and all the rest when the
     * checkpoint's transactions are still open then; else it tries again.
     */
    private void killBetweenMetadataAndCommit(Up up, Load readings) {
        readings.publish(Duration.ofSeconds(80));
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            long completed = newest().checkpointId();
            readings.publish(Duration.ofSeconds(20));
            Instant patience = Instant.now().plus(Duration.ofMinutes(2));
            while (!isNewerThan(completed)) {
                assertThat(Instant.now()).isBefore(patience);
                Thread.onSpinWait();
            }
            up.kill("taskmanager");
            long promised = newest().checkpointId();
            if (!openOf(promised, up.bootstrapServers()).isEmpty()) {
                up.killEverything();
                return;
            }
            await().until(() -> newest().checkpointId() > promised);
        }
        throw new AssertionError("each checkpoint was committed before the kill");
    }

    /** Whether there is the metadata of a later checkpoint; the next ones are deleted when three more are complete. */
    private boolean isNewerThan(long completed) {
        File[] runs = data.resolve("state").resolve(JOB).resolve("1").toFile().listFiles();
        return Stream.of(runs)
                .flatMap(run -> Stream.of(run.listFiles()))
                .filter(made -> made.getName().startsWith("chk-"))
                .filter(made -> Long.parseLong(made.getName().substring("chk-".length())) > completed)
                .anyMatch(made -> new File(made, "_metadata").exists());
    }

    private State newest() {
        return await().until(() -> NewestState.find(data.resolve("state"), JOB, 1), Optional::isPresent)
                .orElseThrow();
    }

    /**
     * With nothing but the broker running: transactions of the newest checkpoint that are open. None
     * where the broker still had the commit in its hands when the TaskManager died.
     */
    private List<JobTransaction> promisedAndOpen() {
        long newest = newest().checkpointId();
        try (LocalKafka kafka = LocalKafka.start(
                data.resolve("kafka"),
                StackPort.KAFKA.port(portOffset),
                StackPort.KAFKA_CONTROLLER.port(portOffset),
                Map.of())) {
            return await().atMost(BROKER_LOADS)
                    .until(() -> openOf(newest, kafka.bootstrapServers()), open -> !open.isEmpty());
        } catch (ConditionTimeoutException none) {
            return List.of();
        }
    }

    private static List<JobTransaction> openOf(long checkpointId, String bootstrapServers) {
        return Transactions.list(bootstrapServers).stream()
                .filter(open -> open.job().equals(JOB) && open.checkpointId() == checkpointId)
                .filter(open -> open.state() == TransactionState.ONGOING)
                .filter(open -> !open.topicPartitions().isEmpty())
                .toList();
    }

    private Up start(String... options) {
        return Up.start(data, portOffset, RULE, options);
    }
}
