// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.server.Http;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RunningStackTest {

    @TempDir
    Path data;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldKillWhatAKilledUpHasLeft() throws Exception {
        // Given
        Process leftOver = idle();
        RunningStack.Child child = RunningStack.Child.of(leftOver.toHandle());
        recorded(Map.of("kafka", child));

        // When
        RunningStack.endLeftOvers(data, console);

        // Then
        assertThat(leftOver.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(printed.toString())
                .contains("kafka: left over from a killed 'up' (pid " + leftOver.pid() + "), killed");
    }

    /** As where process 1 of a container is no init. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAParentToReapWhatIsLeft() throws IOException {
        // Given
        Process parent = new ProcessBuilder("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000").start();
        started.add(parent);
        long pid = Long.parseLong(parent.inputReader().readLine());
        RunningStack.Child child = RunningStack.Child.of(ProcessHandle.of(pid).orElseThrow());
        recorded(Map.of("kafka", child));

        // When
        RunningStack.endLeftOvers(data, console);

        // Then
        assertThat(printed.toString()).contains("(pid " + pid + "), killed");
        assertThat(child.process()).isEmpty();
    }

    @Test
    void shouldLeaveAloneALaterProcessWithTheSamePid() throws IOException {
        // Given
        Process somebodyElses = idle();
        recorded(Map.of("kafka", new RunningStack.Child(somebodyElses.pid(), 1)));

        // When
        RunningStack.endLeftOvers(data, console);

        // Then
        assertThat(somebodyElses.isAlive()).isTrue();
        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void shouldLeaveAloneTheProcessesOfAnUpThatLives() throws IOException {
        // Given
        Process server = idle();
        recorded(
                RunningStack.Child.of(ProcessHandle.current()),
                Map.of("kafka", RunningStack.Child.of(server.toHandle())));

        // When
        RunningStack.endLeftOvers(data, console);

        // Then
        assertThat(server.isAlive()).isTrue();
        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void shouldNotTakeTheFileOfACopiedFolderForItsOwn() throws IOException {
        // Given
        Process server = idle();
        recorded(Map.of("kafka", RunningStack.Child.of(server.toHandle())));
        Path copy = Files.createDirectory(data.resolve("copy"));
        Files.copy(data.resolve("stack.json"), copy.resolve("stack.json"));

        // When
        RunningStack.endLeftOvers(copy, console);

        // Then
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void shouldKnowTheStackOfARenamedFolderAndNoneOfACopiedOne() throws IOException {
        // Given
        Path folder = Files.createDirectory(data.resolve("data"));
        RunningStack stack = recorded(RunningStack.Child.of(ProcessHandle.current()), Map.of());
        stack.write(folder);
        Path renamed = Files.move(folder, data.resolve("renamed"));
        Path copy = Files.createDirectory(data.resolve("copy"));
        Files.copy(renamed.resolve("stack.json"), copy.resolve("stack.json"));

        // When Then
        assertThat(RunningStack.read(renamed)).contains(stack);
        assertThat(RunningStack.read(copy)).isEmpty();
    }

    @Test
    void shouldKnowTheStackOfAnEarlierVersion() throws IOException {
        // Given
        RunningStack stack = recorded(RunningStack.Child.of(ProcessHandle.current()), Map.of());
        Http.JSON.writeValue(data.resolve("stack.json").toFile(), stack);

        // When Then
        assertThat(RunningStack.read(data)).contains(stack);
    }

    @Test
    void shouldFindNothingLeftOverInANewFolder() {
        // When
        RunningStack.endLeftOvers(data, console);

        // Then
        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void shouldSayThatTasksMayRunOnlyWhileTheTaskManagerLives() throws IOException {
        // Given
        Process process = idle();
        RunningStack stack = recorded(Map.of("taskmanager", RunningStack.Child.of(process.toHandle())));

        // When Then
        assertThat(stack.taskManagerLives()).isTrue();
        process.destroyForcibly().onExit().join();
        assertThat(stack.taskManagerLives()).isFalse();
        assertThat(recorded(Map.of()).taskManagerLives()).isFalse();
    }

    private Process idle() throws IOException {
        Process process = new ProcessBuilder("sleep", "1000").start();
        started.add(process);
        return process;
    }

    /** Written as by an {@code up} that does not live any more. */
    private RunningStack recorded(Map<String, RunningStack.Child> children) {
        return recorded(new RunningStack.Child(ProcessHandle.current().pid(), 1), children);
    }

    private RunningStack recorded(RunningStack.Child up, Map<String, RunningStack.Child> children) {
        RunningStack stack = new RunningStack(up, "ready", 0, Map.of(), children, List.of());
        stack.write(data);
        return stack;
    }

    /** Milliseconds since the epoch change when the clock is set, and a stack that runs would be taken for none. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKnowAProcessByItsTicksSinceTheMachinesStart() throws Exception {
        long pid = ProcessHandle.current().pid();
        long ticks = Long.parseLong(Files.readString(Path.of("/proc/self/stat"))
                .replaceFirst("^.*\\) ", "")
                .split(" ")[19]);

        assertThat(new RunningStack.Child(pid, ticks).process()).contains(ProcessHandle.current());
        assertThat(new RunningStack.Child(pid, ticks + 1).process()).isEmpty();
        assertThat(RunningStack.Child.of(ProcessHandle.current()).process()).contains(ProcessHandle.current());
    }
}
