// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/** Executes the commands that other processes leave for a ready stack, one at a time, until {@link #end}. */
public final class ControlServer implements Runnable {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

    private final ControlFolder folder;
    private final BiFunction<JobCommand, Progress, String> executor;
    private final Runnable publish;
    private final Progress progress;
    private volatile boolean ended;

    /**
     * @param executor executes a command and returns its outcome in one line; throws a {@link StackException} when it cannot
     * @param publish shows other processes what has changed; called before the command is answered
     */
    public ControlServer(
            Path data, BiFunction<JobCommand, Progress, String> executor, Runnable publish, Progress progress) {
        this.folder = new ControlFolder(data);
        this.executor = executor;
        this.publish = publish;
        this.progress = progress;
    }

    /** Creates the folder, and deletes the commands that an earlier {@code up} has not executed. */
    public void open() {
        try {
            folder.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Executes no further command. */
    public void end() {
        ended = true;
    }

    @Override
    public void run() {
        while (!ended) {
            next().ifPresentOrElse(this::executeOrWithdraw, () -> LockSupport.parkNanos(POLL_INTERVAL.toNanos()));
        }
    }

    private Optional<ControlFolder.Request> next() {
        try {
            return folder.take();
        } catch (IOException | RuntimeException e) {
            progress.say("orders", "", "cannot read a command: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** When the answer cannot be written, for instance on a full disk, it is deleted; later commands are executed all the same. */
    private void executeOrWithdraw(ControlFolder.Request request) {
        try {
            execute(request);
        } catch (RuntimeException e) {
            say(request, "cannot write the answer: " + e.getMessage());
            withdraw(request);
        }
    }

    private void withdraw(ControlFolder.Request request) {
        try {
            request.answer().withdraw();
        } catch (IOException e) {
            say(request, "cannot delete the unfinished answer: " + e);
        }
    }

    private void execute(ControlFolder.Request request) {
        try {
            String outcome = executor.apply(request.command(), request.answer());
            publish.run();
            say(request, "command executed: " + outcome);
            request.answer().done(outcome);
        } catch (StackException e) {
            publish.run();
            say(request, "command failed: " + e.getMessage());
            request.answer().failed(e.getMessage(), e.exitCode());
        } catch (RuntimeException e) {
            say(request, "command failed: " + e);
            request.answer().failed("unexpected " + e, StackException.START_FAILED);
        }
    }

    private void say(ControlFolder.Request request, String text) {
        progress.say("order", request.command().job(), text);
    }
}
