// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A stack as other processes see it: {@code stack.json} in its data folder, which is there while the stack runs.
 *
 * @param up the process of {@code streampane up}
 * @param state {@code starting}, {@code ready} or {@code stopping}
 * @param portOffset number that is added to every port
 * @param ports every port's number
 * @param children the stack's processes by name
 * @param jobs the jobs that it has submitted
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunningStack(
        Child up,
        String state,
        int portOffset,
        Map<StackPort, Integer> ports,
        Map<String, Child> children,
        List<Job> jobs) {

    /** Name of the TaskManager's process. */
    public static final String TASK_MANAGER = "taskmanager";

    private static final String FILE = "stack.json";

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    /** Index of {@code starttime} among the fields after the name in {@code /proc/PID/stat} (man 5 proc_pid_stat). */
    private static final int START_TIME = 19;

    /**
     * State, which is the first of those fields, of a process that has ended and was not reaped by its parent;
     * {@link ProcessHandle} says that it is alive.
     */
    private static final String ZOMBIE = "Z";

    /** Start time that stands for such a process. */
    private static final long ENDED = -1;

    /**
     * One process.
     *
     * @param startedAt start time, which tells the process from a later one with the same pid: on Linux in clock ticks since
     *     boot, which do not depend on the system clock, elsewhere in milliseconds since the epoch; 0 where the system does not
     *     say
     */
    public record Child(long pid, long startedAt) {

        public static Child of(ProcessHandle process) {
            return new Child(process.pid(), startOf(process));
        }

        /** The process, if it is still the same one and is alive; a zombie, which only waits for its parent to reap it, is not. */
        public Optional<ProcessHandle> process() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startedAt != ENDED && startOf(process) == startedAt);
        }

        private static long startOf(ProcessHandle process) {
            try {
                String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                return fields[0].equals(ZOMBIE) ? ENDED : Long.parseLong(fields[START_TIME]);
            } catch (IOException goneOrNotLinux) {
                return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
            }
        }
    }

    /**
     * One job.
     *
     * @param id Flink's id of its newest submission; empty while it waits for the next
     * @param wanted whether it is to run; false when a command has stopped it
     */
    public record Job(String name, int generation, String id, boolean wanted) {}

    public RunningStack {
        ports = Map.copyOf(ports);
        children = Map.copyOf(children);
        jobs = List.copyOf(jobs);
    }

    /** The stack that runs on a data folder; empty when its {@code up} is not alive. */
    public static Optional<RunningStack> read(Path data) {
        return readFile(data).filter(stack -> stack.up.process().isPresent());
    }

    /** What the file says, even when {@code up} was killed. */
    static Optional<RunningStack> readFile(Path data) {
        try {
            return FolderFile.read(data, FILE, RunningStack.class);
        } catch (IOException noneOrBroken) {
            return Optional.empty();
        }
    }

    /**
     * Kills the processes that an {@code up} has left behind because it was killed itself. Only for a process that has locked the
     * folder, and before it clears the folder or checks the ports.
     */
    public static void endLeftOvers(Path data, Progress progress) {
        Map<String, Child> children = readFile(data)
                .filter(stack -> stack.up.process().isEmpty())
                .map(RunningStack::children)
                .orElse(Map.of());
        children.forEach((name, child) -> child.process().ifPresent(process -> {
            progress.say("left-over", name, "left over from a killed 'up' (pid " + child.pid() + "), killed");
            process.destroyForcibly();
            while (child.process().isPresent()) {
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }));
    }

    /** Writes the file, which shows the stack to other processes. */
    public void write(Path data) {
        try {
            Path file = data.resolve(FILE + ".new");
            Http.JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), FolderFile.content(data, this));
            Files.move(file, data.resolve(FILE), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the file, because the stack does not run any more. */
    public static void delete(Path data) {
        try {
            Files.deleteIfExists(data.resolve(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the TaskManager's process is alive; if so, tasks may run even when Flink does not answer. */
    public boolean taskManagerLives() {
        return Optional.ofNullable(children.get(TASK_MANAGER))
                .flatMap(Child::process)
                .isPresent();
    }

    /** {@code http://127.0.0.1:port}. */
    public URI url(StackPort listener) {
        return URI.create("http://127.0.0.1:" + listener.port(portOffset));
    }

    /** The exception with which a command ends when the stack's Flink does not answer. */
    public StackException flinkAway(IOException cause) {
        String message = "Flink does not answer on " + url(StackPort.FLINK) + ": " + cause.getMessage();
        return StackException.notRunning(message, cause);
    }

    /** {@code 127.0.0.1:port} of the broker. */
    public String bootstrapServers() {
        return "127.0.0.1:" + StackPort.KAFKA.port(portOffset);
    }
}
