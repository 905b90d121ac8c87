// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Finds the line of a stack trace on which a user can act. */
public final class Failures {

    private static final String LOST_TRANSACTION = "LostTransactionException";

    /** What jobs say of state that they cannot continue from, such as when Elasticsearch has lost documents. */
    private static final String STATE_OF_NO_USE = "start a new generation without state";

    private Failures() {}

    /** The exception that says why Flink does not accept a job. */
    public static StackException refused(String job, IOException e) {
        String message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        if (e instanceof Http.StatusException) {
            Optional<String> option = optionProblem(message);
            if (option.isPresent()) {
                return StackException.notAllowed(job + " refuses to start: " + option.get(), e);
            }
        }
        return StackException.startFailed(job + " cannot be started: " + firstLine(message), e);
    }

    /**
     * Puts index templates.
     *
     * @throws StackException that says why Elasticsearch has not taken them
     */
    public static void putTemplates(Runnable put) {
        try {
            put.run();
        } catch (UncheckedIOException e) {
            throw new StackException(
                    e.getCause() instanceof Http.StatusException
                            ? StackException.START_FAILED
                            : StackException.NOT_RUNNING,
                    "Elasticsearch does not take the index templates: "
                            + e.getCause().getMessage(),
                    e);
        }
    }

    /** The message with which a job refuses one of its options; empty when it refuses none. */
    private static Optional<String> optionProblem(String answer) {
        return answer.replace("\\n", "\n")
                .lines()
                .filter(line -> line.contains("BadOptionException: "))
                .map(line -> line.substring(line.indexOf("BadOptionException: ") + 20)
                        .strip())
                .reduce((first, last) -> last);
    }

    /** The innermost cause of a stack trace, or its first line when it names no cause. */
    public static String firstLine(String trace) {
        if (trace == null || trace.isBlank()) {
            return "no reason is known; see 'streampane logs jobmanager'";
        }
        List<String> lines = trace.replace("\\n", "\n").lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("Caused by: "))
                .map(line -> line.substring("Caused by: ".length()))
                .reduce((first, last) -> last)
                .orElse(lines.get(0));
    }

    /** Whether the job has failed because something is lost, so that starting it again from its state cannot succeed. */
    static boolean isKnownLoss(String trace) {
        return trace.contains(LOST_TRANSACTION) || trace.contains(STATE_OF_NO_USE);
    }

    /** Why a job has failed, and what to do about a known loss. */
    static String reason(String job, String trace) {
        if (!isKnownLoss(trace)) {
            return firstLine(trace);
        }
        String reason = trace.lines()
                .filter(line -> line.contains(LOST_TRANSACTION))
                .findFirst()
                .map(line -> line.substring(
                        Math.min(line.length(), line.indexOf(LOST_TRANSACTION) + LOST_TRANSACTION.length() + 2)))
                .orElseGet(() -> firstLine(trace) + '.');
        return reason
                + " In this stack: 'streampane jobs start "
                + job
                + " --from earliest', or, when the stack does not come up, 'streampane up --new-generation "
                + job
                + "'.";
    }
}
