// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One child, a JVM or a native executable, with its output in a log file of at most some 8 MiB and {@linkplain #previousLog its previous part}. It takes no notice of the terminal's Ctrl-C and hang-up, which reach the
 * whole process group (the parent decides when it ends), and it does not outlive this JVM: a shutdown hook kills what
 * was not closed, and the {@link ParentWatchdog} ends it when this JVM was killed itself.
 */
public final class ServerProcess implements AutoCloseable {

    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final String START =
            "trap '' INT HUP; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"";

    /** What {@link ParentWatchdog} does, for a program of which it is no part: {@code $$} is that program's id. */
    private static final String WATCHDOG =
            "trap '' INT HUP; exec 3<&0; (cat <&3; kill -9 $$) >/dev/null 2>&1 & exec 3<&- </dev/null; ";

    /**
     * The optimizing compiler waits for ten times as many calls and loops as by default: what is hot for long gets it a second later, and a
     * start, most of whose code is done with by then, takes a third less of the processor. Not for a TaskManager, whose windows fire seldom:
     * their code would stay slow for many windows.
     */
    private static final List<String> OPTIMIZE_LATE = List.of(
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    /** A process that has lost some of its threads would live on and answer nobody. */
    static final String END_WITHOUT_MEMORY = "-XX:+ExitOnOutOfMemoryError";

    /** Kafka names its files in the locale's digits, and does not see those that it has named in others. */
    private static final List<String> ENGLISH = List.of("-Duser.language=en", "-Duser.country=US");

    private static final String JAVA_OPTIONS = "STREAMPANE_JAVA_OPTIONS";
    private static final long MAX_LOG_BYTES = 8L << 20;
    private static final Duration LOG_CHECK_INTERVAL = Duration.ofSeconds(2);
    private static final int LAST_LINES = 20;

    private static volatile Runnable orderlyStop = () -> {};

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ServerProcess::endAll, "end-servers"));
        Thread roller = new Thread(ServerProcess::rollLogs, "roll-logs");
        roller.setDaemon(true);
        roller.start();
    }

    private final String name;
    private final Path log;
    private final Process process;

    private ServerProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * What this JVM does when it is told to end, before it kills the servers that still run then (shutdown hooks alone
     * have no order).
     */
    public static void beforeKilling(Runnable stop) {
        orderlyStop = stop;
    }

    private static void endAll() {
        try {
            orderlyStop.run();
        } finally {
            RUNNING.forEach(server -> server.process.destroyForcibly());
        }
    }

    /**
     * Starts {@code java options… ParentWatchdog mainClass arguments…}; {@code options} must bring a class path that holds
     * {@link ParentWatchdog}.
     */
    static ServerProcess start(
            String name,
            Path log,
            List<String> options,
            Map<String, String> environment,
            String mainClass,
            List<String> arguments) {
        List<String> command = java();
        command.addAll(options);
        command.add(ParentWatchdog.class.getName());
        command.add(mainClass);
        command.addAll(arguments);
        return start(name, log, START, command, environment);
    }

    /** Options of a JVM that optimizes late. */
    static List<String> optimizingLate(String... options) {
        return Stream.concat(OPTIMIZE_LATE.stream(), Stream.of(options)).toList();
    }

    /**
     * This JVM's {@code java}, which ends where memory does and writes the same digits in each locale, and what the environment variable {@code STREAMPANE_JAVA_OPTIONS} has
     * for the JVMs of all servers and services, divided by spaces. They do not get the variable itself: to a job it would look like an option of its own.
     */
    public static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(END_WITHOUT_MEMORY);
        command.addAll(ENGLISH);
        Stream.of(System.getenv().getOrDefault(JAVA_OPTIONS, "").split(" "))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        return command;
    }

    /** Starts a program that does not hold {@link ParentWatchdog}. */
    static ServerProcess start(String name, Path log, List<String> program, Map<String, String> environment) {
        return start(name, log, WATCHDOG + START, program, environment);
    }

    private static ServerProcess start(
            String name, Path log, String script, List<String> program, Map<String, String> environment) {
        // A session of its own, where there is setsid, keeps signals away that are sent to the
        // parent's whole group. An
        // ignored signal stays ignored in the program that exec starts, and Java leaves it so.
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, name));
        command.addAll(program);
        Checkout.createDirectories(log.toAbsolutePath().getParent());
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().remove(JAVA_OPTIONS);
            builder.environment().putAll(environment);
            ServerProcess started = new ServerProcess(name, log, builder.start());
            RUNNING.add(started);
            started.process.onExit().thenRun(() -> RUNNING.remove(started));
            return started;
        } catch (IOException e) {
            throw new ServerException("cannot start " + name, e);
        }
    }

    /** The part of {@code log} before the one that is being written, which need not exist. */
    public static Path previousLog(Path log) {
        return log.resolveSibling(log.getFileName() + ".1");
    }

    private static void rollLogs() {
        while (true) {
            RUNNING.forEach(server -> roll(server.log));
            LockSupport.parkNanos(LOG_CHECK_INTERVAL.toNanos());
        }
    }

    /**
     * Copies a large log to {@link #previousLog} and empties it in place, for the process goes on appending to the file that it has open. What it
     * writes between the two steps is lost.
     */
    private static void roll(Path log) {
        try {
            if (Files.size(log) > MAX_LOG_BYTES) {
                Files.copy(log, previousLog(log), StandardCopyOption.REPLACE_EXISTING);
                Files.newByteChannel(log, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)
                        .close();
            }
        } catch (IOException e) {
            // a full disk or a folder that was deleted: the next check tries again
        }
    }

    Process process() {
        return process;
    }

    /** Whether this process may be who listens on a port; not when that is seen to be another one, such as the server of another stack. */
    boolean mayListenOn(int port) {
        return !PortOwner.isAnother(port, process.toHandle())
                && process.isAlive(); // nothing is seen of one that has ended
    }

    /**
     * Waits until {@code condition} holds; an exception that it throws means "not yet".
     *
     * @param what completes the sentence "kafka does not …"
     * @throws ServerException when the process has ended or the time is over
     */
    void await(Duration timeout, String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (process.isAlive() && condition.call()) { // else another one has its port
                    return;
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (Exception notYet) {
                last = notYet;
            }
            if (waitFor(Duration.ofMillis(50))) {
                throw new ServerException(name + " ended with exit code " + process.exitValue() + lastLines());
            }
        }
        throw new ServerException(
                name + " does not " + what + " after " + timeout.toSeconds() + " s" + lastLines(), last);
    }

    /** SIGTERM alone: {@link Process#destroy} closes standard input, too, and the watchdog would take that for the end of this JVM. */
    public static void terminate(Process process) {
        process.toHandle().destroy();
    }

    /** SIGKILL; returns when the process has gone. */
    void kill() {
        process.destroyForcibly();
        waitFor(Duration.ofSeconds(30));
    }

    /** The same as {@link #kill}. */
    @Override
    public void close() {
        kill();
    }

    private boolean waitFor(Duration timeout) {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw interrupted(e);
        }
    }

    /** The end of the log, introduced by its path, to be appended to a message. */
    private String lastLines() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - 8192));
            byte[] end = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(end);
            List<String> lines = new String(end, StandardCharsets.UTF_8).lines().toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
            return "; " + log + " ends with:\n  " + String.join("\n  ", last);
        } catch (IOException e) {
            return "; its log " + log + " cannot be read";
        }
    }

    private ServerException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ServerException("interrupted while waiting for " + name, e);
    }
}
