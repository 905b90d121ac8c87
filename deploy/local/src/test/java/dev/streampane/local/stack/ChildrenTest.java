// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.local.control.StackException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildrenTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
    private final Children children = new Children(console);
    private final List<Process> started = new ArrayList<>();

    /** A child that does nothing for a long time. */
    private final class Idle {
        final String shell;
        Process process;

        Idle(String shell) {
            this.shell = shell;
        }

        void launch() {
            try {
                process = new ProcessBuilder("sh", "-c", shell).start();
                started.add(process);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Process process() {
            return process;
        }
    }

    private final Idle kafka = new Idle("exec sleep 1000");

    @AfterEach
    void killAll() {
        started.forEach(Process::destroyForcibly);
    }

    private static void kill(Process process) {
        process.destroyForcibly();
        await().until(() -> !process.isAlive());
    }

    @Test
    void shouldStartAgainWhatWasKilled() {
        // Given
        children.launch("kafka", kafka::launch, kafka::process);
        Process first = kafka.process;
        kill(first);

        // When
        await().until(() -> {
            children.watch();
            return kafka.process != first;
        });

        // Then
        assertThat(kafka.process.isAlive()).isTrue();
        assertThat(children.running().get("kafka").pid()).isEqualTo(kafka.process.pid());
        assertThat(printed.toString()).contains("kafka: ended with exit code 137, starts again in 0.0 s");
    }

    @Test
    void shouldWaitTwiceAsLongEachTime() {
        // Given
        Idle broken = new Idle("exit 3");
        children.launch("kafka", broken::launch, broken::process);

        // When
        await().until(() -> {
            children.watch();
            return started.size() == 3;
        });
        await().until(() -> !broken.process.isAlive());
        children.watch();

        // Then
        assertThat(printed.toString().lines().map(String::strip))
                .containsExactly(
                        "kafka: ended with exit code 3, starts again in 0.0 s",
                        "kafka: ended with exit code 3, starts again in 0.2 s",
                        "kafka: ended with exit code 3, starts again in 0.4 s");
    }

    @Test
    void shouldStartTheTaskManagerAnewWithTheJobManager() {
        // Given
        Idle jobManager = new Idle("exec sleep 1000");
        Idle taskManager = new Idle("exec sleep 1000");
        children.launch("jobmanager", jobManager::launch, jobManager::process);
        children.launch("taskmanager", taskManager::launch, taskManager::process, "jobmanager");
        Process oldTasks = taskManager.process;
        kill(jobManager.process);

        // When
        await().until(() -> {
            children.watch();
            return started.size() == 4;
        });

        // Then
        assertThat(oldTasks.isAlive()).isFalse();
        assertThat(jobManager.process.isAlive()).isTrue();
        assertThat(taskManager.process.isAlive()).isTrue();
        assertThat(printed.toString())
                .contains("jobmanager: ended with exit code 137")
                .contains("together with taskmanager");
    }

    @Test
    void shouldWaitForTheNamedOnesAlone() {
        // Given
        Idle jobManager = new Idle("exec sleep 1000");
        children.launch("kafka", kafka::launch, kafka::process);
        children.launch("jobmanager", jobManager::launch, jobManager::process);

        // When
        children.terminate(List.of("jobmanager"));
        children.awaitEnd(List.of("jobmanager"), System.nanoTime() + 30_000_000_000L);

        // Then
        assertThat(jobManager.process.isAlive()).isFalse();
        assertThat(kafka.process.isAlive()).isTrue();
        assertThat(printed.toString()).doesNotContain("killed");
    }

    @Test
    void shouldKillWhatDoesNotEndInTimeAndStartNothingAnyMore() {
        // Given
        Idle stubborn = new Idle("trap '' TERM; while :; do sleep 1; done");
        children.launch("kafka", kafka::launch, kafka::process);
        children.launch("elasticsearch", stubborn::launch, stubborn::process);

        // When
        children.end();
        children.terminate(List.of("kafka", "elasticsearch"));
        children.awaitEnd(List.of("kafka", "elasticsearch"), System.nanoTime() + 300_000_000L);

        // Then
        assertThat(started).noneMatch(Process::isAlive);
        assertThatThrownBy(() -> children.launch("kafka", kafka::launch, kafka::process))
                .isInstanceOf(StackException.class);
        children.watch();
        assertThat(started).hasSize(2);
    }
}
