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
 * A child process, which is a JVM or a native executable. It writes to a log file of at most some 8 MiB, and
 * {@linkplain #previousLog the part before it} is kept. It ignores the terminal's Ctrl-C and hang-up, which reach the whole process
 * group: the parent decides when it ends. It does not outlive this JVM: a shutdown hook kills what was not closed, and the
 * {@link ParentWatchdog} ends it when this JVM was killed itself.
 */
public final class ServerProcess implements AutoCloseable {

    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final String START =
            "trap '' INT HUP; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"";

    /** The same as {@link ParentWatchdog}, for a program that does not contain it; {@code $$} is the program's pid. */
    private static final String WATCHDOG =
            "trap '' INT HUP; exec 3<&0; (cat <&3; kill -9 $$) >/dev/null 2>&1 & exec 3<&- </dev/null; ";

    /**
     * Raises the thresholds of the optimizing compiler (C2) to ten times their defaults. Code that stays hot is optimized a second
     * later, and a start, most of whose code is done with by then, takes a third less processor time. Not for a TaskManager: its
     * windows fire seldom, so that their code would stay slow for many windows.
     */
    private static final List<String> OPTIMIZE_LATE = List.of(
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    /** Without this option, a process that has lost some of its threads for lack of memory would live on and answer nobody. */
    static final String END_WITHOUT_MEMORY = "-XX:+ExitOnOutOfMemoryError";

    /** Kafka writes the names of its files in the digits of the locale, and does not see files with other digits. */
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
     * Sets what this JVM does when it is told to end, before it kills the servers that still run then. A shutdown hook cannot do this,
     * because shutdown hooks run in no fixed order.
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

    /** The options of a JVM, with those of {@link #OPTIMIZE_LATE}. */
    public static List<String> optimizingLate(String... options) {
        return Stream.concat(OPTIMIZE_LATE.stream(), Stream.of(options)).toList();
    }

    /**
     * The command that starts a JVM with this JVM's {@code java}. That JVM ends when memory runs out, writes the same digits in each
     * locale, and has the options of the environment variable {@code STREAMPANE_JAVA_OPTIONS}, which are separated by spaces and are
     * for the JVMs of all servers and services. These do not get the variable itself: a job would take it for an option of its own.
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
        // Where there is setsid, a session of its own keeps away signals that are sent to the parent's whole group. A
        // signal that is ignored stays ignored in the program that exec starts, and Java does not change that.
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

    /** The part of the log before the file {@code log}; it need not exist. */
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
     * Copies a large log to {@link #previousLog} and empties it in place, because the process goes on appending to the file that it has
     * open. What it writes between the two steps is lost.
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

    /** Whether this process may be the one that listens on a port; false when another one is seen there, such as the server of another stack. */
    boolean mayListenOn(int port) {
        return !PortOwner.isAnother(port, process.toHandle())
                && process.isAlive(); // the sockets of a process that has ended cannot be seen
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
                if (process.isAlive() && condition.call()) { // if it has ended, another process answers on its port
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

    /** Sends only SIGTERM: {@link Process#destroy} closes standard input, too, which the watchdog would take for the end of this JVM. */
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
