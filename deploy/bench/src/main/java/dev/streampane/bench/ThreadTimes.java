// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process and each of its threads take of the cores, read from {@code /proc}, and what Flight Recorder sees of it. */
final class ThreadTimes {

    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler.*");
    private static final double TICKS_PER_SECOND = 100;

    private final Process process;
    private Optional<Path> recording;
    private Map<String, Double> marked;

    ThreadTimes(Process process) {
        this.process = process;
    }

    /** From here on the threads' times count, and Flight Recorder writes to the file, if one is wanted. */
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

    /** Seconds of each thread since the mark, by what the system shows of its name; threads of one name together. */
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
        Process jcmd = new ProcessBuilder(
                        Stream.concat(Stream.of(tool.toString(), String.valueOf(process.pid())), Stream.of(command))
                                .toList())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + String.join(" ", command) + " failed");
        }
    }

    /** What it took so far, without its just-in-time compilers: of a warm job nothing, of a short run a large part. */
    Duration cpu() throws IOException {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).minus(compilers());
    }

    private Duration compilers() throws IOException {
        double seconds = times().entrySet().stream()
                .filter(thread -> COMPILER.matcher(thread.getKey()).matches())
                .mapToDouble(Map.Entry::getValue)
                .sum();
        return Duration.ofMillis((long) (seconds * 1000));
    }

    /** Seconds by thread name; threads of one name together. */
    private Map<String, Double> times() throws IOException {
        var times = new TreeMap<String, Double>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
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
