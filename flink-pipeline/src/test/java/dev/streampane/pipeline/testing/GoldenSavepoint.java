// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.Output;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A small savepoint that lies with the tests, and what a job says that goes on from it: every later build must say the same. {@code
 * -Dgolden.write=true} makes both anew, which breaks what users have.
 *
 * @param name of the folder
 * @param topic that the log is read as
 * @param before writes what was read before the savepoint, with an undecodable record at the end of each partition; it must not change
 * @param said what has been said at the savepoint, beside a dead letter for each partition
 * @param after writes what comes then; at most one late record per pane, for no watermark has a place of its own between records
 */
public record GoldenSavepoint<T>(
        String name,
        TopologyRun.Setup<T> setup,
        String topic,
        Consumer<LogWriter> before,
        Predicate<TopologyRun> said,
        Consumer<LogWriter> after) {

    /** Partitions of each log. */
    public static final int PARTITIONS = 2;

    private static final Path FOLDERS = Path.of("src/test/resources/savepoints");

    /** Holds that the job says what it said from there, and that the state names no class but those that are kept. */
    public void assertGoesOn() throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            write();
        }
        assertThat(Files.readString(metadata(), ISO_8859_1))
                .as("serializers of %s", name)
                .doesNotContain("PojoSerializer", "KryoSerializer")
                .doesNotContainPattern("dev\\.streampane\\.(?!pipeline\\.state\\.)");
        assertThat(told(restored().awaitEnd())).isEqualTo(Files.readAllLines(lines(), UTF_8));
    }

    /** The job, going on with all that comes then. */
    public TopologyRun restored() {
        var log = new PartitionedLog(PARTITIONS);
        var writer = new LogWriter(log, topic);
        before.accept(writer);
        after.accept(writer);
        writer.close();
        return setup.restore(log, 1, metadata().getParent().toUri().toString());
    }

    private void write() throws IOException {
        var log = new PartitionedLog(PARTITIONS);
        before.accept(new LogWriter(log, topic));
        TopologyRun job =
                setup.start(log, PARTITIONS).await(run -> run.deadLetters().size() == PARTITIONS && said.test(run));
        Path savepoint = Path.of(URI.create(job.stop(Files.createTempDirectory("golden"))));
        try (Stream<Path> files = Files.list(savepoint)) {
            assertThat(files).as("all of it in one file").hasSize(1);
        }
        Files.createDirectories(metadata().getParent());
        Files.move(savepoint.resolve("_metadata"), metadata(), StandardCopyOption.REPLACE_EXISTING);
        Files.write(lines(), told(restored().awaitEnd()), UTF_8);
    }

    private Path metadata() {
        return FOLDERS.resolve(name).resolve("_metadata").toAbsolutePath();
    }

    private Path lines() {
        return metadata().resolveSibling("told.txt");
    }

    /** All but the watermark, which depends on when it is asked, and the build. */
    private static List<String> told(TopologyRun run) {
        return run.outputs().stream().flatMap(GoldenSavepoint::told).sorted().toList();
    }

    private static Stream<String> told(Output output) {
        return new String(output.value(), UTF_8)
                .replaceAll(",?\"(watermark|jobVersion)\":(null|\"[^\"]*\")", "")
                .lines()
                .map(line -> output.channel() + " " + line);
    }
}
