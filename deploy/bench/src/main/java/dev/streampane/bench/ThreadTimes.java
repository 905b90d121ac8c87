// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** CPU times of a process and of its threads, read from {@code /proc}, and a recording of it by Flight Recorder. */
final class ThreadTimes {

    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler.*");
    private static final double TICKS_PER_SECOND = 100;

    private final Path process;
    private final Map<String, Double> compilers = new HashMap<>();
    private Optional<Path> recording;
    private Map<String, Double> marked;

    ThreadTimes(Process process) {
        this(Path.of("/proc/" + process.pid()));
    }

    /** Times of the process of a folder of {@code /proc}. */
    ThreadTimes(Path process) {
        this.process = process;
    }

    /** Sets the time from which {@link #sinceMark} counts; starts a recording to the file, if there is one. */
    void mark(Optional<Path> file) throws IOException, InterruptedException {
        recording = file.map(Path::toAbsolutePath);
        if (recording.isPresent()) {
            jcmd("JFR.start", "name=bench", "settings=profile", "filename=" + recording.get());
        }
        marked = times();
    }

    boolean isMarked() {
        return marked != null;
    }

    /** CPU seconds since the mark by thread name, as far as the system shows it; adds up threads of one name. Ends the recording. */
    Map<String, Double> sinceMark() throws IOException, InterruptedException {
        Map<String, Double> since = times();
        since.replaceAll((thread, seconds) -> seconds - marked.getOrDefault(thread, 0.0));
        if (recording.isPresent()) {
            jcmd("JFR.stop", "name=bench");
        }
        return since;
    }

    private void jcmd(String... command) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process jcmd = new ProcessBuilder(Stream.concat(
                                Stream.of(tool.toString(), process.getFileName().toString()), Stream.of(command))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + String.join(" ", command) + " failed");
        }
    }

    /** CPU time so far, without the just-in-time compilers, which take nothing of a warm job but a large part of a short run. */
    Duration cpu() throws IOException {
        double seconds = Task.of(process).seconds() - compilers();
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /** CPU seconds of the compiler threads, also of those that ended after an earlier call: the JVM has as many as there is work for. */
    private double compilers() throws IOException {
        for (Task task : tasks()) {
            if (COMPILER.matcher(task.name()).matches()) {
                compilers.put(task.id(), task.seconds());
            }
        }
        return compilers.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** CPU seconds by thread name; adds up threads of one name. */
    private Map<String, Double> times() throws IOException {
        var times = new TreeMap<String, Double>();
        tasks().forEach(task -> times.merge(task.name(), task.seconds(), Double::sum));
        return times;
    }

    private List<Task> tasks() throws IOException {
        List<Task> seen = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
            for (Path task : tasks.toList()) {
                try {
                    seen.add(Task.of(task));
                } catch (IOException ended) {
                    // the thread has ended, and its time is no longer shown
                }
            }
        }
        return seen;
    }

    /** A thread, or a process with all threads that it has had. */
    private record Task(String id, String name, double seconds) {

        static Task of(Path folder) throws IOException {
            String stat = Files.readString(folder.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            return new Task(folder.getFileName().toString(), name, ticks / TICKS_PER_SECOND);
        }
    }
}
