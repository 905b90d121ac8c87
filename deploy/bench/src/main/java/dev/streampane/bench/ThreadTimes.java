// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Has Flight Recorder record a process, and reads what each of its threads took of the cores meanwhile, from {@code /proc}. */
final class ThreadTimes {

    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler.*");
    private static final double TICKS_PER_SECOND = 100;

    private final long pid;
    private Path recording;
    private Map<String, Double> before;

    ThreadTimes(long pid) {
        this.pid = pid;
    }

    boolean started() {
        return before != null;
    }

    void start(Path file) throws IOException, InterruptedException {
        recording = file.toAbsolutePath();
        jcmd("JFR.start", "name=bench", "settings=profile", "filename=" + recording);
        before = times();
    }

    /** Ends the recording; the threads' seconds lie beside it. */
    void stop() throws IOException, InterruptedException {
        Map<String, Double> after = times();
        jcmd("JFR.stop", "name=bench");
        var lines = new StringBuilder();
        after.forEach(
                (thread, seconds) ->
                        lines.append(
                                "%8.2f %s%n"
                                        .formatted(
                                                seconds - before.getOrDefault(thread, 0.0),
                                                thread)));
        Files.writeString(recording.resolveSibling(recording.getFileName() + ".threads"), lines);
    }

    private void jcmd(String... command) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        var process =
                new ProcessBuilder(
                                Stream.concat(
                                                Stream.of(jcmd.toString(), String.valueOf(pid)),
                                                Stream.of(command))
                                        .toList())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + pid + ' ' + String.join(" ", command) + " failed");
        }
    }

    /** What just-in-time compilers took so far: of a warm job nothing, of a short run a large part. */
    Duration compilers() throws IOException {
        double seconds =
                times().entrySet().stream()
                        .filter(thread -> COMPILER.matcher(thread.getKey()).matches())
                        .mapToDouble(Map.Entry::getValue)
                        .sum();
        return Duration.ofMillis((long) (seconds * 1000));
    }

    /** Seconds by thread name; threads of one name together. */
    private Map<String, Double> times() throws IOException {
        var times = new TreeMap<String, Double>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    String stat = Files.readString(task.resolve("stat"));
                    String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                    times.merge(name, ticks / TICKS_PER_SECOND, Double::sum);
                } catch (IOException ended) {
                    // its time is lost, as it is from the process's list of threads
                }
            }
        }
        return times;
    }
}
