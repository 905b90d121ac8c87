// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.MiniFlink;
import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job with all of its sources and outputs that need no broker. */
class WordCountJobMiniClusterTest {

    private static final String TEXT = "catalog batch\n\n  catalog\tflink\r\ncatalog";
    private static final Map<String, Long> COUNTS = Map.of("catalog", 3L, "batch", 1L, "flink", 1L);

    @AutoClose
    private static MiniFlink flink;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        flink = MiniFlink.start();
    }

    @AfterEach
    void endJobs() throws Exception {
        flink.cancelAll();
    }

    @Test
    void shouldNameTheSubtaskThatPrints() throws Exception {
        List<String> words = Vocabulary.WORDS;
        Path file = write("text.txt", String.join(" ", words) + "\n" + String.join("\n", words));

        try (Console console = new Console()) {
            run("--source=file:" + file, "--output=console", "--parallelism=3");

            assertThat(console.lines()).hasSize(3 * words.size());
            assertThat(console.lines()).extracting(line -> line.substring(0, 3)).containsOnly("1> ", "2> ", "3> ");
            Changelog.assertWhole(console.rows());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "batch"})
    void shouldWriteTheRowsToFiles(String mode) throws Exception {
        Path file = write("text.txt", TEXT);
        Path output = directory.resolve("counts");

        run("--source=file:" + file, "--output=" + output, "--mode=" + mode);

        List<String> rows = rows(output);
        assertThat(Changelog.fold(rows)).isEqualTo(COUNTS);
        if (mode.equals("batch")) {
            assertThat(rows).containsExactlyInAnyOrder("+I[catalog, 3]", "+I[batch, 1]", "+I[flink, 1]");
        } else {
            Changelog.assertWhole(rows);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "batch"})
    void shouldReadAllFilesOfADirectory(String mode) throws Exception {
        Files.createDirectories(directory.resolve("in/below"));
        write("in/one.txt", "flink window");
        write("in/below/two.txt", "flink timer\n");
        try (OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(directory.resolve("in/three.txt.gz")))) {
            zipped.write("sql\nflink".getBytes(UTF_8));
        }
        write("in/.hidden", "flink");
        write("in/_hidden", "flink");

        try (Console console = new Console()) {
            run("--source=dir:" + directory.resolve("in"), "--output=console", "--parallelism=2", "--mode=" + mode);

            assertThat(Changelog.fold(console.rows()))
                    .isEqualTo(Map.of("flink", 3L, "window", 1L, "timer", 1L, "sql", 1L));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "batch"})
    void shouldCountWhatIsBeforeTheBreakOfABrokenFile(String mode) throws Exception {
        Files.createDirectory(directory.resolve("in"));
        write("in/good.txt", "flink window");
        write("in/empty.gz", "");
        write("in/none.gz", "no gzip");
        writeTruncated("in/truncated.gz", "flink\nsql\nflin");
        write("in/zzz.txt", "timer");

        try (Console console = new Console()) {
            run("--source=dir:" + directory.resolve("in"), "--output=console", "--mode=" + mode);

            assertThat(Changelog.fold(console.rows()))
                    .isEqualTo(Map.of("flink", 2L, "window", 1L, "sql", 1L, "timer", 1L));
        }
    }

    /**
     * The second of two readers has no file, and is done at once. It ends after the next checkpoint; what checkpoint or savepoint is asked
     * for in that moment fails.
     */
    @Test
    void shouldGoOnWithinABrokenFile() throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        var text = new StringBuilder();
        for (int part = 0; part < 20; part++) {
            counts.put("flink-" + part, 1L);
            text.append("flink-").append(part).append('\n').append("x\n".repeat(200_000));
        }
        writeTruncated("broken.gz", text + "flink-0");
        String parallelism = "--parallelism=2";
        var config = config(
                "--source=file:" + directory.resolve("broken.gz"), "--output=console", "--starts-with=f", parallelism);

        List<String> rows = new ArrayList<>();
        String savepoint = await().ignoreException(ExecutionException.class)
                .until(() -> stopAfterFirstRows(config, rows), stopped -> rows.size() < counts.size());
        for (JobConfig other : List.of(
                config(
                        "--source=file:" + directory.resolve("broken.gz"),
                        "--output=console",
                        "--starts-with=f",
                        parallelism,
                        "--watch-interval=100ms"),
                config("--source=dir:" + directory, "--output=console", "--starts-with=f", parallelism))) {
            JobID refused = flink.submit(new WordCountJob(), other, SavepointRestoreSettings.forPath(savepoint));
            assertThat(flink.awaitEnd(refused)).isEqualTo(JobStatus.FAILED);
            assertThat(flink.failure(refused).getExceptionAsString()).contains("files may not change with state");
        }
        try (Console console = new Console()) {
            JobID restored = flink.submit(new WordCountJob(), config, SavepointRestoreSettings.forPath(savepoint));

            assertThat(flink.awaitEnd(restored)).isEqualTo(JobStatus.FINISHED);
            rows.addAll(console.rows());
            assertThat(Changelog.fold(rows)).isEqualTo(counts);
        }
    }

    /** A savepoint; the rows before it are in {@code rows}. Fails when the job has come to its end before. */
    private String stopAfterFirstRows(JobConfig config, List<String> rows) throws Exception {
        flink.cancelAll(); // the job of an attempt that failed
        try (Console console = new Console()) {
            JobID job = flink.submit(new WordCountJob(), config, SavepointRestoreSettings.none());
            await().until(() -> console.rows().size() > 1);
            await().ignoreException(ExecutionException.class).until(() -> {
                if (!flink.status(job).isGloballyTerminalState()) {
                    flink.checkpoint(job);
                }
                return flink.finishedTasks(job) > 0;
            });
            String savepoint = flink.stop(job, directory);
            rows.clear();
            rows.addAll(console.rows());
            return savepoint;
        }
    }

    @Test
    void shouldReadNewFilesOfAWatchedDirectory() throws Exception {
        Path in = directory.resolve("in");

        try (Console console = new Console()) {
            JobID job = flink.start(
                    new WordCountJob(), config("--source=dir:" + in, "--watch-interval=100ms", "--output=console"));
            Files.createDirectories(in);
            moveIn(in, "one.txt", "flink");
            awaitRows(console, Map.of("flink", 1L));
            moveIn(in, "two.txt", "flink sql");
            awaitRows(console, Map.of("flink", 2L, "sql", 1L));

            String savepoint = flink.stop(job, directory);
            moveIn(in, "three.txt", "sql");
            flink.restore(
                    new WordCountJob(),
                    config("--source=dir:" + in, "--watch-interval=100ms", "--output=console"),
                    savepoint);

            awaitRows(console, Map.of("flink", 2L, "sql", 2L));
            Changelog.assertWhole(console.rows());
        }
    }

    @Test
    void shouldReadAllOfAWatchedFileThatIsFoundWhileItIsCopied() throws Exception {
        Path file = directory.resolve("copied.gz");

        try (Console console = new Console()) {
            flink.start(
                    new WordCountJob(), config("--source=file:" + file, "--watch-interval=100ms", "--output=console"));
            writeTruncated("copied.gz", "flink\n");
            await().during(Duration.ofSeconds(2)).until(() -> console.rows().isEmpty());
            try (OutputStream zipped = new GZIPOutputStream(Files.newOutputStream(file))) {
                zipped.write("flink\nsql\n".getBytes(UTF_8));
            }

            awaitRows(console, Map.of("flink", 1L, "sql", 1L));
        }
    }

    @Test
    void shouldReadASocketAndConnectAgain() throws Exception {
        try (Console console = new Console();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var config =
                    config("--source=socket:127.0.0.1:" + server.getLocalPort(), "--output=console", "--parallelism=2");
            JobID job = flink.start(new WordCountJob(), config);
            try (Socket first = server.accept()) {
                send(first, "flink win");
                send(first, "dow\nflink ");
                awaitRows(console, Map.of("flink", 1L, "window", 1L));
            }
            String savepoint;
            try (Socket second = server.accept()) {
                send(second, "timer\n");
                awaitRows(console, Map.of("flink", 2L, "window", 1L, "timer", 1L));
                savepoint = flink.stop(job, directory);
            }
            flink.restore(new WordCountJob(), config, savepoint);
            try (Socket third = server.accept()) {
                send(third, "timer\n");
                awaitRows(console, Map.of("flink", 2L, "window", 1L, "timer", 2L));
            }
            Changelog.assertWhole(console.rows());
        }
    }

    @Test
    void shouldMakeWordsAtARate() throws Exception {
        try (Console console = new Console()) {
            long start = System.nanoTime();
            var config = config("--words-per-second=500", "--output=console");
            JobID job = flink.start(new WordCountJob(), config);

            await().untilAsserted(() ->
                    assertThat(Changelog.fold(console.rows()).keySet()).isEqualTo(new HashSet<>(Vocabulary.WORDS)));
            String savepoint = flink.stop(job, directory);
            long words = words(console);
            double seconds = (System.nanoTime() - start) / 1e9;
            assertThat(words).isLessThan((long) (500 * (seconds + 1)));
            JobID restored = flink.restore(new WordCountJob(), config, savepoint);
            await().until(() -> words(console) > words + 10);
            flink.stop(restored, directory);

            // The numbers from 0 on, none left out and none twice.
            assertThat(Changelog.fold(console.rows()))
                    .isEqualTo(Changelog.count(LongStream.range(0, words(console))
                            .mapToObj(n -> Vocabulary.word(Vocabulary.id(n)))
                            .toList()));
            Changelog.assertWhole(console.rows());
        }
    }

    private static long words(Console console) {
        return Changelog.fold(console.rows()).values().stream()
                .mapToLong(n -> n)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"datagen", "socket:127.0.0.1:1", "dir:/tmp --watch-interval=1s"})
    void shouldRefuseBatchOverWhatHasNoEnd(String source) {
        var config = config(("--mode=batch --output=/x --source=" + source).split(" "));

        assertThatThrownBy(() -> flink.start(new WordCountJob(), config))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--mode: 'batch' is not allowed with ")
                .hasMessageEndingWith(", which has no end; allowed is streaming");
    }

    @Test
    void shouldRefuseFilesThatAreNotThere() throws IOException {
        Path file = write("text.txt", TEXT);

        assertThatThrownBy(() -> run("--source=file:" + directory, "--output=/x"))
                .isInstanceOf(BadOptionException.class)
                .hasMessageEndingWith("is not allowed; allowed is a file");
        assertThatThrownBy(() -> run("--source=dir:" + file, "--output=/x"))
                .isInstanceOf(BadOptionException.class)
                .hasMessageEndingWith("is not allowed; allowed is a directory");
        assertThatThrownBy(() -> run("--source=file:" + directory.resolve("no"), "--output=/x"))
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith("--source: 'file:" + directory.resolve("no"))
                .hasMessageEndingWith("allowed is a file that is there, or --watch-interval to wait for it");
    }

    private void run(String... args) throws Exception {
        JobID job = flink.submit(new WordCountJob(), config(args), SavepointRestoreSettings.none());
        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FINISHED);
    }

    private static JobConfig config(String... args) {
        return JobConfig.of(WordCountJob.NAME, args);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** A file that lacks its end, but nothing of {@code text}. */
    private void writeTruncated(String name, String text) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve(name))) {
            var zipped = new GZIPOutputStream(file, true);
            zipped.write(text.getBytes(UTF_8));
            zipped.flush();
        }
    }

    /** As people should: a file is whole when it gets its name. */
    private void moveIn(Path folder, String name, String text) throws IOException {
        Files.move(Files.writeString(directory.resolve(".moving"), text), folder.resolve(name));
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private static void awaitRows(Console console, Map<String, Long> counts) {
        await().untilAsserted(() -> assertThat(Changelog.fold(console.rows())).isEqualTo(counts));
    }

    private static List<String> rows(Path output) throws IOException {
        List<String> rows = new ArrayList<>();
        try (Stream<Path> files = Files.walk(output)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file.getFileName().toString())
                        .startsWith("word-counts-")
                        .endsWith(".txt");
                rows.addAll(Files.readAllLines(file));
            }
        }
        return rows;
    }
}
