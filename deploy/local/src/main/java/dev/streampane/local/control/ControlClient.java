// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Sends commands to a running {@code up} and waits until they are executed. */
public final class ControlClient {

    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private ControlClient() {}

    /**
     * Has the command executed, and shows the progress that {@code up} reports.
     *
     * @param data folder of the stack
     * @return the outcome, in one line
     * @throws StackException with the reason when the command is not executed
     */
    public static String execute(Path data, RunningStack stack, JobCommand command, Progress progress) {
        return execute(data, stack, command, progress, TAKEN_WITHIN);
    }

    static String execute(Path data, RunningStack stack, JobCommand command, Progress progress, Duration takenWithin) {
        if (!stack.state().equals("ready")) {
            throw StackException.notRunning("the stack is " + stack.state() + ": try again when it is ready");
        }
        try {
            ControlFolder folder = new ControlFolder(data);
            String id = ControlFolder.newId();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> takeBack(folder, id), "take-back"));
            put(folder, id, command, data);
            return follow(folder, id, stack.up(), command, progress, takenWithin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ControlFolder folder, String id, JobCommand command, Path data) {
        try {
            folder.put(id, command);
        } catch (IOException e) {
            throw StackException.notAllowed("cannot write a command in " + data + ": " + e.getMessage(), e);
        }
    }

    /** At the end of this process, removes a command that {@code up} has not taken, so that it is not executed later. */
    private static void takeBack(ControlFolder folder, String id) {
        try {
            folder.takeBack(id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String follow(
            ControlFolder folder,
            String id,
            RunningStack.Child up,
            JobCommand command,
            Progress progress,
            Duration takenWithin)
            throws IOException {
        long begin = System.nanoTime();
        int shown = 0;
        boolean waits = false;
        while (true) {
            if (shown == 0 && folder.isBusyWithout(id)) {
                begin = System.nanoTime();
                if (!waits) {
                    progress.say("order", command.job(), "waits for another command");
                    waits = true;
                }
            }
            boolean upLives = up.process().isPresent();
            boolean isThere = folder.isThere(id);
            List<JsonNode> answer = folder.answer(id);
            for (JsonNode line : answer.subList(shown, answer.size())) {
                if (line.path("event").asText().equals(ControlFolder.DONE)) {
                    folder.forget(id);
                    return line.path("text").asText();
                }
                if (line.path("event").asText().equals(ControlFolder.FAILED)) {
                    folder.forget(id);
                    throw new StackException(
                            line.path("exitCode").asInt(), line.path("text").asText());
                }
                show(line, progress);
            }
            shown = answer.size();
            boolean late = System.nanoTime() - begin > takenWithin.toNanos();
            if (!upLives || !isThere || shown == 0 && late && folder.takeBack(id)) {
                String why = upLives ? isThere ? "does not accept commands" : "has not answered" : "has ended";
                throw StackException.notRunning(
                        "'up' (pid %d) %s: see what it says in its terminal".formatted(up.pid(), why));
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    private static void show(JsonNode line, Progress progress) {
        String event = line.path("event").asText();
        String step = line.path("step").asText();
        switch (event) {
            case "begin" -> progress.begin(step);
            case "step" -> progress.end(step, line.path("detail").asText());
            case "stepFailed" -> progress.fail(step);
            default ->
                progress.say(
                        event, line.path("subject").asText(), line.path("text").asText());
        }
    }
}
