// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands from a client to a server that fails, in one process. */
@Timeout(
        value = 120,
        threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // who waits for an answer takes no notice of an interrupt
class ControlServerTest {

    private static final JobCommand COMMAND = JobCommand.stop("weather-average", false);

    @TempDir
    private Path data;

    private final AtomicBoolean full = new AtomicBoolean();
    private ControlServer server;

    @AfterEach
    void end() {
        server.end();
    }

    private void start() {
        server = new ControlServer(
                data,
                (command, progress) -> {
                    if (full.get()) {
                        throw StackException.startFailed("no space left on device");
                    }
                    return "done";
                },
                () -> {
                    if (full.get()) {
                        throw new UncheckedIOException(new IOException("no space left on device"));
                    }
                },
                new NoProgress());
        server.open();
        Thread thread = new Thread(server);
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void shouldExecuteFurtherCommandsAfterOneThatCouldNotBeAnswered() {
        // Given
        start();
        full.set(true);
        assertThatThrownBy(this::execute)
                .isInstanceOf(StackException.class)
                .hasMessageContaining("'up' (pid " + ProcessHandle.current().pid() + ") has not answered");
        full.set(false);
        // When
        String outcome = execute();
        // Then
        assertThat(outcome).isEqualTo("done");
    }

    @Test
    void shouldSayThatAnOrderCannotBeLeft() {
        // Given
        server = new ControlServer(data, (command, progress) -> "", () -> {}, new NoProgress());
        // When Then
        assertThatThrownBy(this::execute)
                .isInstanceOf(StackException.class)
                .hasMessageStartingWith("cannot write a command in " + data + ": ")
                .extracting(e -> ((StackException) e).exitCode())
                .isEqualTo(2);
    }

    @Test
    void shouldWaitNoLongerForACommandThatUpCouldNotRead() {
        // Given
        server = new ControlServer(data, (command, progress) -> "", () -> {}, new NoProgress());
        server.open();
        CompletableFuture<String> outcome = CompletableFuture.supplyAsync(this::execute);
        // When what an 'up' of another version does
        await().untilAsserted(() -> assertThat(orders(".order")).hasSize(1));
        orders(".order").forEach(order -> order.toFile().delete());
        // Then
        assertThatThrownBy(() -> outcome.get(1, TimeUnit.MINUTES)).hasMessageContaining("has not answered");
    }

    @Test
    void shouldWaitAsLongAsAnotherCommandTakes() throws Exception {
        // Given
        CompletableFuture<String> first = new CompletableFuture<>();
        server = new ControlServer(data, (command, progress) -> first.join(), () -> {}, new NoProgress());
        server.open();
        Thread thread = new Thread(server);
        thread.setDaemon(true);
        thread.start();
        CompletableFuture.supplyAsync(this::execute);
        await().untilAsserted(() -> assertThat(orders(".answer")).hasSize(1));
        // When
        CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> execute(Duration.ofSeconds(3)));
        // Then: longer than an 'up' may take that does nothing
        assertThatThrownBy(() -> second.get(4, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        first.complete("done");
        assertThat(second.get(1, TimeUnit.MINUTES)).isEqualTo("done");
    }

    @Test
    void shouldTakeBackTheOrderOfACommandThatIsEndedBeforeItsTurn() throws Exception {
        // Given
        server = new ControlServer(data, (command, progress) -> "", () -> {}, new NoProgress());
        server.open();
        Process client = client();
        await().untilAsserted(() -> assertThat(orders(".order")).hasSize(1));

        // When
        client.destroy();

        // Then
        assertThat(client.waitFor()).isNotZero();
        assertThat(orders(".order")).isEmpty();
    }

    @Test
    void shouldNotLeaveAnOrderOfACommandThatIsEndedAsItBegins() throws Exception {
        // Given
        server = new ControlServer(data, (command, progress) -> "", () -> {}, new NoProgress());
        server.open();

        // When
        Process client = client("ends");

        // Then
        client.waitFor();
        assertThat(orders(".order")).isEmpty();
    }

    private Process client(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Orders.class.getName(),
                data.toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The process of the tests above: its parent is {@code up}. */
    static final class Orders {
        public static void main(String[] args) {
            RunningStack.Child up =
                    RunningStack.Child.of(ProcessHandle.current().parent().orElseThrow());
            RunningStack stack = new RunningStack(up, "ready", 0, Map.of(), Map.of(), List.of());
            Thread order = new Thread(() -> ControlClient.execute(Path.of(args[0]), stack, COMMAND, new NoProgress()));
            if (args.length == 1) {
                order.run();
            } else {
                Runtime.getRuntime().addShutdownHook(order); // begins when the process ends
            }
        }
    }

    private List<Path> orders(String ending) {
        try (Stream<Path> files = Files.list(data.resolve("orders"))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String execute() {
        return execute(Duration.ofSeconds(10));
    }

    private String execute(Duration takenWithin) {
        RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
        RunningStack stack = new RunningStack(self, "ready", 0, Map.of(), Map.of(), List.of());
        return ControlClient.execute(data, stack, COMMAND, new NoProgress(), takenWithin);
    }

    private record NoProgress() implements Progress {
        @Override
        public void begin(String step) {}

        @Override
        public void end(String step, String detail) {}

        @Override
        public void fail(String step) {}

        @Override
        public void say(String event, String subject, String text) {}
    }
}
