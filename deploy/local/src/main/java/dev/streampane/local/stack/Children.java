// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.ServerProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The stack's processes. A process that ends is restarted: at first at once, the next time after 200 ms, then each time after twice as
 * long, at most 10 s. Once it has run for a minute, its next restart is again at once. Thread-safe; after {@link #end} nothing is started.
 */
final class Children {

    private static final long FIRST_DELAY_MS = 200;
    private static final long LONGEST_DELAY_MS = 10_000;
    private static final long WELL_AFTER_MS = 60_000;

    private static final class Child {
        final String name;
        final Runnable launch;
        final Supplier<Process> process;
        final String leader;
        boolean down;
        long delayMs;
        long startedAt;
        long startAt;

        Child(String name, Runnable launch, Supplier<Process> process, String leader) {
            this.name = name;
            this.launch = launch;
            this.process = process;
            this.leader = leader;
        }
    }

    private final Console console;
    private final Map<String, Child> children = new LinkedHashMap<>();
    private boolean ended;

    Children(Console console) {
        this.console = console;
    }

    /**
     * Starts a process.
     *
     * @param launch starts it without waiting for it to be ready
     * @param process returns the process that {@code launch} has started last
     */
    void launch(String name, Runnable launch, Supplier<Process> process) {
        launch(name, launch, process, "");
    }

    /** Starts a process that is restarted whenever the process named {@code leader} is. */
    synchronized void launch(String name, Runnable launch, Supplier<Process> process, String leader) {
        if (ended) {
            throw StackException.startFailed("the stack is being stopped");
        }
        Child child = new Child(name, launch, process, leader);
        launch.run();
        child.startedAt = now();
        children.put(name, child);
    }

    /** Finds processes that have ended, and restarts those whose delay is over. */
    synchronized void watch() {
        if (ended) {
            return;
        }
        for (Child child : children.values()) {
            if (!child.down && !child.process.get().isAlive()) {
                noticeEnd(child);
            }
        }
        for (Child child : children.values()) {
            if (child.down && now() >= child.startAt) {
                child.down = false;
                child.startedAt = now();
                child.launch.run();
            }
        }
    }

    private void noticeEnd(Child child) {
        if (now() - child.startedAt > WELL_AFTER_MS) {
            child.delayMs = 0;
        }
        int code = child.process.get().exitValue();
        child.down = true;
        child.startAt = now() + child.delayMs;
        List<Child> followers = children.values().stream()
                .filter(follower -> follower.leader.equals(child.name))
                .toList();
        for (Child follower : followers) {
            kill(follower.process.get());
            follower.down = true;
            follower.startAt = child.startAt;
            follower.startedAt = now();
        }
        String also = followers.isEmpty()
                ? ""
                : " together with "
                        + String.join(", ", followers.stream().map(f -> f.name).toList());
        console.say(
                "restart",
                child.name,
                "ended with exit code %d, starts again%s in %.1f s".formatted(code, also, child.delayMs / 1000.0));
        child.delayMs = Math.min(LONGEST_DELAY_MS, Math.max(FIRST_DELAY_MS, 2 * child.delayMs));
    }

    /** The live processes, by name. */
    synchronized Map<String, RunningStack.Child> running() {
        Map<String, RunningStack.Child> running = new LinkedHashMap<>();
        children.forEach((name, child) -> {
            Process process = child.process.get();
            if (process.isAlive()) {
                running.put(name, RunningStack.Child.of(process.toHandle()));
            }
        });
        return running;
    }

    /** From now on no process is started. */
    synchronized void end() {
        ended = true;
    }

    private synchronized List<Child> named(List<String> names) {
        return names.stream().map(children::get).filter(Objects::nonNull).toList();
    }

    /** Sends SIGTERM to those of the named processes that are alive. */
    void terminate(List<String> names) {
        named(names).forEach(child -> ServerProcess.terminate(child.process.get()));
    }

    /** Waits until the named processes have ended, and kills those that still run at the deadline ({@link System#nanoTime}). */
    void awaitEnd(List<String> names, long deadline) {
        for (Child child : named(names)) {
            Process process = child.process.get();
            long left = Math.max(0, deadline - System.nanoTime());
            if (!ends(process, Duration.ofNanos(left))) {
                console.say("killed", child.name, "did not end in time and was killed");
            }
            kill(process);
        }
    }

    private static void kill(Process process) {
        process.destroyForcibly();
        ends(process, Duration.ofSeconds(2));
    }

    private static boolean ends(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
