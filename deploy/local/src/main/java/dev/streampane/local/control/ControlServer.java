// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import dev.streampane.local.server.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/**
 * Executes the commands that other processes send to a ready stack: one after the other, for as long as it runs. Each comes on a connection of its
 * own to a Unix socket, as a line of JSON; what becomes of it goes back as the events of a {@link Console}, first {@link #TAKEN} and last {@link #DONE}
 * or {@link #FAILED}.
 */
public final class ControlServer implements Runnable {

    static final String TAKEN = "taken";

    /** Its text is the outcome. */
    static final String DONE = "done";

    /** Its subject is the exit code, its text the reason. */
    static final String FAILED = "failed";

    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private final BiFunction<JobCommand, Progress, String> executor;
    private final Runnable publish;
    private final Progress progress;
    private Path socket;
    private ServerSocketChannel channel;

    /**
     * @param executor executes a command and returns its outcome in one line; throws a {@link StackException} when it cannot
     * @param publish shows other processes what has changed; called before the command is answered
     */
    public ControlServer(BiFunction<JobCommand, Progress, String> executor, Runnable publish, Progress progress) {
        this.executor = executor;
        this.publish = publish;
        this.progress = progress;
    }

    /**
     * Makes the socket, in a temporary folder that nobody else may enter: the data folder's path may be too long for one.
     *
     * @return its path
     */
    public synchronized Path open() {
        try {
            socket = Files.createTempDirectory("streampane-").resolve("control");
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(socket));
            return socket;
        } catch (IOException e) {
            throw StackException.startFailed("cannot take commands on " + socket + ": " + e.getMessage(), e);
        }
    }

    /** Executes no further command. */
    public synchronized void end() {
        try {
            if (channel != null) {
                channel.close();
            }
            if (socket != null) {
                delete(socket);
            }
        } catch (IOException e) {
            progress.say("orders", "", "cannot be deleted: " + e);
        }
    }

    /** Deletes a socket and its folder. */
    static void delete(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
    }

    @Override
    public void run() {
        while (channel.isOpen()) {
            try (SocketChannel client = channel.accept()) {
                execute(client);
            } catch (ClosedChannelException ended) {
                return;
            } catch (IOException | RuntimeException e) {
                progress.say("orders", "", "an order cannot be read or answered: " + e.getMessage());
                LockSupport.parkNanos(AFTER_FAILURE.toNanos());
            }
        }
    }

    /** Unless the client waits no longer. */
    private void execute(SocketChannel client) throws IOException {
        var out = new PrintStream(Channels.newOutputStream(client), false, StandardCharsets.UTF_8);
        var answer = new Console(out, Console.Style.JSON, 0);
        answer.say(TAKEN, "", "");
        if (!answer.isGone()) {
            var in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            execute(Http.JSON.readValue(in.readLine(), JobCommand.class), answer);
        }
    }

    private void execute(JobCommand command, Progress answer) {
        try {
            String outcome = executor.apply(command, answer);
            publish.run();
            progress.say("order", command.job(), "as ordered: " + outcome);
            answer.say(DONE, "", outcome);
        } catch (StackException e) {
            publish.run();
            progress.say("order", command.job(), "not as ordered: " + e.getMessage());
            answer.say(FAILED, String.valueOf(e.exitCode()), e.getMessage());
        } catch (RuntimeException e) {
            progress.say("order", command.job(), "not as ordered: " + e);
            answer.say(FAILED, String.valueOf(StackException.START_FAILED), "unexpected " + e);
        }
    }
}
