// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/streampane} as a shell runs it: what it refuses, and how it ends in each phase. */
class CommandIT {

    private static final Path COMMAND = Checkout.root().resolve("deploy/streampane");

    /** For what starts no server: 1 to 3 s on quiet cores. */
    private static final Duration ANSWERS = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String COLOUR = "\033\\[[0-9;]*m";

    /** On quiet cores it takes 4 to 5 s; what has not ended after 8 s is killed. */
    private static final Duration CTRL_C = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private int offset;
    private Path data;

    @BeforeEach
    void choosePorts() {
        offset = Up.freePortOffset();
        data = folder.resolve("data");
    }

    @AfterEach
    void endWhatIsLeft() {
        RunningStack.read(data).stream()
                .flatMap(stack -> stack.children().values().stream())
                .flatMap(child -> child.process().stream())
                .forEach(ProcessHandle::destroyForcibly);
        started.forEach(Process::destroyForcibly);
    }

    /** A shell command with its output, standard error included, in a file. */
    private record Shell(Process process, Path output) {

        int exitCode(Duration patience) throws InterruptedException {
            assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .as("has ended")
                    .isTrue();
            return process.exitValue();
        }

        String printed() throws IOException {
            return Files.readString(output);
        }
    }

    /** The exit code of what starts no server is there within its bound; it is asked once more where the machine may have stood still. */
    private Shell answered(String script) throws Exception {
        Shell shell = shell(script);
        if (!shell.process().waitFor(ANSWERS.toSeconds(), TimeUnit.SECONDS)) {
            shell.process().destroyForcibly().waitFor();
            shell = shell(script);
        }
        shell.exitCode(ANSWERS);
        return shell;
    }

    private Shell shell(String script) throws IOException {
        return shell(script, Map.of());
    }

    private Shell shell(String script, Map<String, String> environment) throws IOException {
        Path output = folder.resolve("output-" + started.size());
        // a build in the background of a script ignores SIGINT, and its children inherit that
        ProcessBuilder builder = new ProcessBuilder("env", "--default-signal=INT", "bash", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SP", COMMAND.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return new Shell(process, output);
    }

    private String up(String options) {
        return "exec \"$SP\" up --data '%s' --port-offset %d %s".formatted(data, offset, options);
    }

    private void awaitPrinted(Shell shell, String text) throws IOException {
        await().until(() -> shell.printed().contains(text) || !shell.process().isAlive());
        assertThat(shell.process().isAlive())
                .as("still runs after '%s': %s", text, shell.printed())
                .isTrue();
    }

    private void awaitMetrics(String simulator, StackPort listener) {
        ExposedMetrics.awaitDocumented(
                simulator, URI.create("http://127.0.0.1:" + listener.port(offset) + "/q/metrics"));
    }

    /** Ctrl-C reaches the terminal's foreground group; the children have one of their own. */
    private void ctrlC(Shell shell) throws Exception {
        new ProcessBuilder("kill", "-INT", String.valueOf(shell.process().pid()))
                .start()
                .waitFor();
    }

    private void assertNothingIsLeft() {
        assertThat(RunningStack.read(data)).isEmpty();
        assertThat(StackPort.values()).allMatch(listener -> FreePorts.isFree(listener.port(offset)));
        assertThat(ProcessHandle.allProcesses()).noneMatch(process -> process.info()
                .commandLine()
                .filter(line -> line.contains(data + "/"))
                .isPresent());
    }

    @Test
    void shouldNameThePortInUseAndItsOwner() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            // Given
            int port = StackPort.KAFKA.port(offset);
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));

            // When
            Shell up = answered(up(""));

            // Then
            assertThat(up.process().exitValue()).isEqualTo(2);
            assertThat(up.printed().lines())
                    .singleElement()
                    .asString()
                    .startsWith("streampane: port " + port + " (Kafka) is in use by java (pid ")
                    .contains("--port-offset");
        }
    }

    @Test
    void shouldRunFromAnyDirectoryThroughLinksWithoutHomeTerminalAndInput() throws Exception {
        // Given
        Path link = Files.createSymbolicLink(folder.resolve("a link"), COMMAND);
        Path second = Files.createSymbolicLink(folder.resolve("sp"), link.getFileName());

        // When
        Shell status =
                answered("cd /; unset TERM; HOME=/proc/none '%s' status --data '%s' <&-".formatted(second, data));

        // Then
        assertThat(status.process().exitValue()).isEqualTo(4);
        assertThat(status.printed()).startsWith("streampane: no stack runs on " + data);
    }

    @Test
    void shouldNotMindAReaderThatHasGone() throws Exception {
        // When
        Shell help = answered("\"$SP\" up --help | head -1; exit ${PIPESTATUS[1]}");

        // Then
        assertThat(help.process().exitValue()).isZero();
        assertThat(help.printed()).startsWith("Usage: streampane up").doesNotContain("Exception");
    }

    @Test
    void shouldEndAtOnceByCtrlCWhileServersStart() throws Exception {
        // Given
        Shell up = shell(up("--json"));
        await().until(() -> RunningStack.read(data)
                .filter(stack -> stack.children().size() >= 2)
                .isPresent());

        // When
        ctrlC(up);

        // Then
        assertThat(up.exitCode(CTRL_C)).isEqualTo(130);
        assertNothingIsLeft();
    }

    @Test
    void shouldCountWordsInAProcessOfItsOwn() throws Exception {
        // Given
        Path text = Files.writeString(folder.resolve("text"), "flink window flink\n");
        // When
        Shell count = shell("exec \"$SP\" run word-count --output console --source file:" + text);
        // Then
        assertThat(count.exitCode(PATIENCE)).as(count.printed()).isZero();
        assertThat(count.printed().lines())
                .containsSubsequence("1> +I[flink, 1]", "1> +I[window, 1]", "1> -U[flink, 1]", "1> +U[flink, 2]");
    }

    @Test
    void shouldEndByCtrlCAndGoOnFromThereAndRefuseWhatDoesNotFit() throws Exception {
        // Given
        Shell up = shell(up("--window 5s"));
        awaitPrinted(up, "ready in ");
        Shell twice = answered(up(""));
        awaitMetrics("iot-simulator", StackPort.IOT_SIMULATOR_MANAGEMENT);
        awaitMetrics("transaction-simulator", StackPort.TRANSACTION_SIMULATOR_MANAGEMENT);

        // When
        Shell measure = inTerminal("\"$SP\" measure --for 5s --data '%s'".formatted(data), "");
        int measured = measure.exitCode(PATIENCE);
        ctrlC(up);
        int code = up.exitCode(CTRL_C);

        // Then
        assertThat(twice.process().exitValue()).isEqualTo(2);
        assertThat(twice.printed())
                .contains("already runs on " + data + " (pid " + up.process().pid() + ")");
        assertThat(measured).isZero();
        assertThat(measure.printed())
                .containsPattern("[1-5] of 5 s, ")
                .contains("whole stack ")
                .doesNotContainPattern(COLOUR);
        assertFits(measure);
        assertThat(up.printed().lines().filter(line -> line.startsWith("  ")))
                .hasSizeGreaterThan(15)
                .allSatisfy(step -> assertThat(step).hasSizeLessThanOrEqualTo(80));
        assertThat(code).isEqualTo(130);
        assertThat(up.printed())
                .doesNotContain("\033", "\r")
                .contains("generation 1, without state", "nothing is left running");
        assertNothingIsLeft();

        // Given
        Shell otherWindow = shell(up("--window 10s"));

        // Then
        assertThat(otherWindow.exitCode(PATIENCE)).isEqualTo(2);
        assertThat(otherWindow.printed())
                .contains("weather-average has state of tumbling(5s) windows and cannot go on with tumbling(10s)")
                .contains("--new-generation weather-average")
                .contains("--fresh");
        assertNothingIsLeft();

        for (String noColor : List.of("", "1")) {
            // Given
            Shell again = inTerminal(up("--for 3s --jobs weather-average --no-simulators"), noColor);

            // Then
            assertThat(again.exitCode(PATIENCE)).isZero();
            assertThat(again.printed())
                    .containsPattern("weather-average .* generation 1, on from ")
                    .containsPattern(noColor.isEmpty() ? "\033\\[32mready in .* s\033\\[0m" : "ready in .* s");
            assertThat(Pattern.compile(COLOUR).matcher(again.printed()).find()).isEqualTo(noColor.isEmpty());
            assertFits(again);
            assertNothingIsLeft();
        }
    }

    /** The same in a terminal of 80 columns. */
    private Shell inTerminal(String command, String noColor) throws IOException {
        return shell(
                "exec script -qec 'stty cols 80 rows 24; eval \"$COMMAND\"' /dev/null",
                Map.of("COMMAND", command, "TERM", "xterm", "NO_COLOR", noColor));
    }

    /** Lines that do not wrap, the last of them in place of one another. */
    private static void assertFits(Shell shell) throws IOException {
        assertThat(shell.printed()).contains("\033[K");
        assertThat(shell.printed().replaceAll(COLOUR, "").split("\\R|\r|\033\\[K"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }
}
