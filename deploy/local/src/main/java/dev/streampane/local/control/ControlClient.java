// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Sends commands to a running {@code up} and waits until they are executed. */
public final class ControlClient {

    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);
    private static final Duration GONE_WITHIN = Duration.ofSeconds(1);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private ControlClient() {}

    /**
     * Has the command executed, showing the progress that {@code up} reports.
     *
     * @return the outcome, in one line
     * @throws StackException saying why it is not executed
     */
    public static String execute(RunningStack stack, JobCommand command, Progress progress) {
        if (!stack.state().equals("ready")) {
            throw StackException.notRunning("the stack is " + stack.state() + ": try again when it is ready");
        }
        String why = "does not take orders";
        try (SocketChannel up = SocketChannel.open(UnixDomainSocketAddress.of(stack.control()))) {
            Channels.newOutputStream(up).write(Http.JSON.writeValueAsBytes(command));
            up.shutdownOutput();
            if (hasAnswer(up)) {
                why = "has not answered";
                return outcome(up, progress);
            }
        } catch (IOException connectionLost) {
            // or refused
        }
        RunningStack.Child up = stack.up();
        throw StackException.notRunning("'up' (pid %d) %s: see what it says in its terminal"
                .formatted(up.pid(), hasEnded(up) ? "has ended" : why));
    }

    private static boolean hasAnswer(SocketChannel up) throws IOException {
        try (Selector selector = Selector.open()) {
            up.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            return selector.select(TAKEN_WITHIN.toMillis()) > 0;
        }
    }

    private static String outcome(SocketChannel up, Progress progress) throws IOException {
        up.configureBlocking(true);
        var in = new BufferedReader(Channels.newReader(up, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode event = Http.JSON.readTree(line);
            String subject = event.path("subject").asText();
            String text = event.path("text").asText();
            String name = event.path("event").asText();
            switch (name) {
                case ControlServer.TAKEN -> {}
                case "begin" -> progress.begin(event.path("step").asText());
                case "step" ->
                    progress.end(
                            event.path("step").asText(), event.path("detail").asText());
                case ControlServer.DONE -> {
                    return text;
                }
                case ControlServer.FAILED -> throw new StackException(Integer.parseInt(subject), text);
                default -> progress.say(name, subject, text);
            }
        }
        throw new IOException("the answer ends before the outcome");
    }

    /** A process that ends loses its connections shortly before it is gone. */
    private static boolean hasEnded(RunningStack.Child up) {
        long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
        while (up.process().isPresent() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        return up.process().isEmpty();
    }
}
