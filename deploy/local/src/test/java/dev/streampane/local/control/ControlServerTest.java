// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands from clients to a server, in one process. */
@Timeout(60)
class ControlServerTest {

    private static final JobCommand COMMAND =
            JobCommand.start("weather-average", StartFrom.savepoint(Path.of("/a b/savepoint-1")), Map.of("skew", "1m"));

    private final List<JobCommand> executed = new CopyOnWriteArrayList<>();
    private final AtomicBoolean full = new AtomicBoolean();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
    private final ControlServer server = new ControlServer(this::executed, this::publish, console);
    private Path socket;

    @BeforeEach
    void open() {
        socket = server.open();
    }

    @AfterEach
    void end() {
        server.end();
    }

    private String executed(JobCommand command, Progress progress) {
        executed.add(command);
        if (full.get()) {
            throw StackException.startFailed("no \"space\" left on device");
        }
        return progress.step("start", () -> "generation 2");
    }

    private void publish() {
        if (full.get()) {
            throw new UncheckedIOException(new IOException("no space left on device"));
        }
    }

    private void start() {
        Thread thread = new Thread(server);
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void shouldCarryACommandThereAndItsAnswerBack() {
        // Given
        start();
        // When
        String outcome = execute();
        // Then
        assertThat(outcome).isEqualTo("generation 2");
        assertThat(executed).containsExactly(COMMAND);
        assertThat(printed.toString()).contains("start ", "generation 2");
    }

    @Test
    void shouldSayWhyACommandIsNotExecuted() {
        // Given
        server.end();
        ControlServer refusing = new ControlServer(
                (command, progress) -> {
                    throw StackException.notAllowed("no \"slots\"");
                },
                () -> {},
                console);
        socket = refusing.open();
        new Thread(refusing).start();
        // When Then
        assertThatThrownBy(this::execute)
                .isInstanceOfSatisfying(
                        StackException.class, e -> assertThat(e.exitCode()).isEqualTo(StackException.NOT_ALLOWED))
                .hasMessage("no \"slots\"");
        refusing.end();
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
        assertThat(outcome).isEqualTo("generation 2");
    }

    @Test
    void shouldExecuteFurtherCommandsAfterWhatIsNone() throws IOException {
        // Given
        start();
        // When
        String answer = send("{\"kind\":\"EXPLODE\"}\n");
        execute();
        // Then
        assertThat(answer.lines()).singleElement().asString().contains("taken");
        assertThat(executed).containsExactly(COMMAND);
    }

    @Test
    void shouldNotExecuteWhatNobodyWaitsForAnyMore() throws IOException {
        // Given
        try (SocketChannel gone = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(gone)
                    .write("{\"kind\":\"STOP\",\"job\":\"word-count\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        // When
        start();
        execute();
        // Then
        assertThat(executed).containsExactly(COMMAND);
    }

    @Test
    void shouldWaitNoLongerForACommandThatUpCouldNotRead() throws Exception {
        // Given
        server.end();
        Files.createDirectory(socket.getParent());
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            Thread closing = new Thread(() -> {
                try {
                    other.accept().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            closing.start();
            // When Then
            assertThatThrownBy(this::execute).hasMessageContaining("has not answered");
            closing.join();
        } finally {
            ControlServer.delete(socket);
        }
    }

    @Test
    void shouldSayWhenUpTakesNothingAndWhenItHasEnded() {
        // Given
        server.end();
        RunningStack.Child gone = new RunningStack.Child(ProcessHandle.current().pid(), 1);
        // When Then
        assertThatThrownBy(this::execute).hasMessageContaining("does not take orders");
        assertThatThrownBy(() -> execute(gone)).hasMessageContaining("has ended");
    }

    @Test
    void shouldLetNobodyElseInAndLeaveNothing() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        server.end();
        assertThat(socket.getParent()).doesNotExist();
    }

    /** What comes back. */
    private String send(String line) throws IOException {
        try (SocketChannel up = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            Channels.newOutputStream(up).write(line.getBytes(StandardCharsets.UTF_8));
            return new String(Channels.newInputStream(up).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String execute() {
        return execute(RunningStack.Child.of(ProcessHandle.current()));
    }

    private String execute(RunningStack.Child up) {
        RunningStack stack = new RunningStack(up, "ready", socket.toString(), 0, Map.of(), Map.of(), List.of());
        return ControlClient.execute(stack, COMMAND, console);
    }
}
