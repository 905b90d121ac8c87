// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.Progress;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes {@code stack.json} whenever its content has changed, until {@link #withdraw}. Only other processes read the file: when it cannot
 * be written, for instance on a full disk, the problem is reported and the stack goes on. Thread-safe.
 */
final class StackFile {

    private final StackSettings settings;
    private final Children children;
    private final RunningJobs jobs;
    private final Progress progress;
    private final RunningStack.Child up = RunningStack.Child.of(ProcessHandle.current());
    private final Map<StackPort, Integer> ports;
    private volatile String state = "starting";
    private RunningStack published;
    private String problem = "";
    private boolean withdrawn;

    StackFile(StackSettings settings, Children children, RunningJobs jobs, Progress progress) {
        this.settings = settings;
        this.children = children;
        this.jobs = jobs;
        this.progress = progress;
        this.ports = Arrays.stream(StackPort.values()).collect(Collectors.toMap(Function.identity(), settings::port));
    }

    /** Sets the state that the next {@link #publish} writes; for its values see {@link RunningStack#state}. */
    void state(String now) {
        state = now;
    }

    synchronized void publish() {
        if (withdrawn) {
            return;
        }
        RunningStack now =
                new RunningStack(up, state, settings.portOffset(), ports, children.running(), jobs.submitted());
        if (!now.equals(published)) {
            attempt(() -> {
                now.write(settings.data());
                published = now;
            });
        }
    }

    /** Deletes the file for good. */
    synchronized void withdraw() {
        withdrawn = true;
        attempt(() -> RunningStack.delete(settings.data()));
    }

    /** {@link #publish} is called again within a second, so a problem is reported only when it differs from that of the attempt before. */
    private void attempt(Runnable change) {
        String now = "";
        try {
            change.run();
        } catch (UncheckedIOException e) {
            now = "cannot write stack.json: " + e.getCause().getMessage();
        }
        if (!now.isEmpty() && !now.equals(problem)) {
            progress.say("supervisor", "", now);
        }
        problem = now;
    }
}
