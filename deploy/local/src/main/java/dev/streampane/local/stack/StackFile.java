// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes {@code stack.json} whenever what it says has changed, until it is withdrawn. Safe for several threads. */
final class StackFile {

    private final StackSettings settings;
    private final Children children;
    private final RunningJobs jobs;
    private final RunningStack.Child up = RunningStack.Child.of(ProcessHandle.current());
    private final Map<StackPort, Integer> ports;
    private volatile String state = "starting";
    private RunningStack published;
    private boolean withdrawn;

    StackFile(StackSettings settings, Children children, RunningJobs jobs) {
        this.settings = settings;
        this.children = children;
        this.jobs = jobs;
        this.ports = Arrays.stream(StackPort.values()).collect(Collectors.toMap(Function.identity(), settings::port));
    }

    /** What the next {@link #publish} says the stack does, as in {@link RunningStack#state}. */
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
            now.write(settings.data());
            published = now;
        }
    }

    /** Deletes the file for good. */
    synchronized void withdraw() {
        withdrawn = true;
        RunningStack.delete(settings.data());
    }
}
