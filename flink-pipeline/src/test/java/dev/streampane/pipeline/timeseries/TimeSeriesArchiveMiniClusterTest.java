// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.testing.GoldenSavepoint;
import dev.streampane.pipeline.testing.GoldenState;
import dev.streampane.pipeline.testing.LogWriter;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.ReadOutputs.DeadLetter;
import dev.streampane.pipeline.testing.ReadOutputs.LateRecord;
import dev.streampane.pipeline.testing.TestSettings;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole topology, from messages to files that another reader reads; a checkpoint every 50 ms. */
class TimeSeriesArchiveMiniClusterTest {

    private static final Duration CHECKPOINTS = Duration.ofMillis(50);
    private static final String TOPIC = "time-series";

    /** What the golden savepoint has in the place of the archive's folder; as long as a path of a test can be made. */
    private static final String KEPT = "/archive/" + "x".repeat(191);

    @TempDir
    private Path archive;

    @TempDir
    private Path savepoints;

    private TopologyRun.Setup<TimeSeriesRow> setup(Duration compactAfter) {
        return setup(archive, compactAfter);
    }

    private static TopologyRun.Setup<TimeSeriesRow> setup(Path archive, Duration compactAfter) {
        var sink = ArchiveSink.of(flinkPath(archive), 1, compactAfter, CHECKPOINTS);
        return new TopologyRun.Setup<>(
                (decoded, settings) -> TimeSeriesArchiveTopology.build(decoded, settings, sink),
                Decoding.decoder(),
                TestSettings.of(TimeSeriesArchiveJob.NAME)
                        .bounds(Duration.ofSeconds(5), Duration.ofMinutes(15))
                        .intake(List.of(new WindowSpec.None())),
                7);
    }

    private static void message(LogWriter log, int partition, String appended, String... rows) {
        log.append(
                partition,
                Instant.parse(appended).toEpochMilli(),
                (String.join("\r\n", rows) + "\r\n").getBytes(UTF_8),
                null);
    }

    private static long ms(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    @Test
    void shouldKeepEveryValidRowInTheFolderOfItsUtcDay() {
        // Given
        var rows = new PartitionedLog(1);
        var log = new LogWriter(rows, TOPIC);
        message(
                log,
                0,
                "2026-11-21T00:10:05Z",
                "2026-11-20T23:59:59.999Z,pu136mod-nd-011,19.380",
                "2026-11-21T00:00:00Z,pu136mod-ni-001,-7",
                "2026-11-21T00:00:01Z,pu136mod-nd-011,warm",
                "2026-11-21T01:00:00+01:00,pu136mod-ns-021,\"on, \"\"warm\"\"\"");
        message(log, 0, "2026-11-21T00:20:05Z", "2026-11-21T00:20:05Z,pu136mod-nd-012,1e-3");
        message(
                log,
                0,
                "2026-11-21T00:20:06Z",
                "2026-11-21T00:05:00Z,pu136mod-ns-022,\"\"",
                "2026-11-21T00:04:59.999Z,pu136mod-nd-011,-0.5",
                "2020-02-29T12:00:00Z,pu136mod-nd-011,5");
        log.append(0, Fetched.NO_APPEND_TIME, "2026-11-21T00:20:07Z,pu136mod-nd-013,3".getBytes(UTF_8), null);
        log.close();

        // When
        TopologyRun run = setup(Duration.ofSeconds(1)).start(rows, 1).awaitEnd();

        // Then
        assertThat(ArchiveReader.rows(archive))
                .containsExactlyInAnyOrder(
                        row("2026-11-20T23:59:59.999Z", "nd-011", "19.380", "DOUBLE", 0, 0),
                        row("2026-11-21T00:00:00Z", "ni-001", "-7", "INTEGER", 0, 1),
                        row("2026-11-21T00:00:00Z", "ns-021", "on, \"warm\"", "STRING", 0, 3),
                        row("2026-11-21T00:20:05Z", "nd-012", "1e-3", "DOUBLE", 1, 0),
                        row("2026-11-21T00:05:00Z", "ns-022", "", "STRING", 2, 0),
                        late("2026-11-21T00:04:59.999Z", "nd-011", "-0.5", 2, 1),
                        late("2020-02-29T12:00:00Z", "nd-011", "5", 2, 2),
                        row("2026-11-21T00:20:07Z", "nd-013", "3", "DOUBLE", 3, 0));
        assertThat(ArchiveReader.files(archive))
                .allSatisfy(file -> assertThat(file.getFileName().toString()).matches("compacted-rows-g1-.*[.]parquet"))
                .extracting(file -> archive.relativize(file.getParent()).toString())
                .containsExactly(
                        "step_year=2020/step_date=2020-02-29",
                        "step_year=2026/step_date=2026-11-20",
                        "step_year=2026/step_date=2026-11-21");
        for (Path file : ArchiveReader.files(archive)) {
            String day = file.getParent().getFileName().toString().split("=")[1];
            assertThat(ArchiveReader.read(file))
                    .allSatisfy(row -> assertThat(utcDay(row.step())).isEqualTo(day));
        }
        assertThat(run.late())
                .extracting(LateRecord::offset, LateRecord::row)
                .containsExactly(tuple(2L, 1), tuple(2L, 2));
        assertThat(run.deadLetters())
                .extracting(DeadLetter::reason, DeadLetter::offset, DeadLetter::row)
                .containsExactly(tuple("type", 0L, 2));
        assertThat(run.lines().stream().mapToLong(AuditLine::rows).sum()).isEqualTo(9);
    }

    private static ArchivedRow row(String step, String tag, String value, String type, long offset, int row) {
        return row(step, tag, value, type, offset, row, ArchivedRow.COUNTED);
    }

    private static ArchivedRow late(String step, String tag, String value, long offset, int row) {
        return row(step, tag, value, "DOUBLE", offset, row, ArchivedRow.LATE);
    }

    private static ArchivedRow row(
            String step, String tag, String value, String type, long offset, int row, String verdict) {
        String[] appended = {"2026-11-21T00:10:05Z", "2026-11-21T00:20:05Z", "2026-11-21T00:20:06Z"};
        return new ArchivedRow(
                ms(step),
                "pu136mod-" + tag,
                value,
                type,
                offset < appended.length ? ms(appended[(int) offset]) : null,
                TOPIC,
                0,
                offset,
                row,
                verdict);
    }

    private static String utcDay(long step) {
        return Instant.ofEpochMilli(step).atZone(ZoneOffset.UTC).toLocalDate().toString();
    }

    @Test
    void shouldJoinTheFilesOfManyCheckpoints() {
        // Given
        var rows = new PartitionedLog(2);
        var log = new LogWriter(rows, TOPIC);
        TopologyRun run = setup(CHECKPOINTS.multipliedBy(10)).start(rows, 2);
        var expected = new ArrayList<ArchivedRow>();

        // When
        for (int file = 1; file <= 3; file++) {
            writeUntilAnotherFile(log, expected, 0);
        }
        log.close();
        run.awaitEnd();

        // Then
        assertThat(ArchiveReader.rows(archive)).containsExactlyInAnyOrderElementsOf(expected);
        long checkpoints =
                run.lines().stream().filter(line -> line.key().partition() == 0).count();
        assertThat(ArchiveReader.files(archive).size())
                .as("files of %s checkpoints", checkpoints)
                .isLessThan((int) checkpoints / 3);
        assertThat(ArchiveReader.all(archive)).isEqualTo(ArchiveReader.files(archive));
    }

    private void writeUntilAnotherFile(LogWriter log, List<ArchivedRow> written, int atLeast) {
        int files = ArchiveReader.files(archive).size();
        int least = written.size() + atLeast;
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            written.addAll(write(log, written.size() / 2));
            return written.size() >= least && ArchiveReader.files(archive).size() > files;
        });
    }

    /** A message of two rows into one of two partitions; the same for the same number. */
    private static List<ArchivedRow> write(LogWriter log, int number) {
        long step = FetchedRecords.APPEND_TIME + number;
        String time = Instant.ofEpochMilli(step).toString();
        String integer = "pu136mod-ni-%03d".formatted(number % 10 + 1);
        String text = "pu136mod-ns-%03d".formatted(number % 10 + 21);
        int partition = number % 2;
        log.append(
                partition,
                step,
                "%s,%s,%d\n%s,%s,v%d\n"
                        .formatted(time, integer, number, time, text, number)
                        .getBytes(UTF_8),
                null);
        long offset = number / 2;
        return List.of(
                new ArchivedRow(
                        step, integer, "" + number, "INTEGER", step, TOPIC, partition, offset, 0, ArchivedRow.COUNTED),
                new ArchivedRow(
                        step, text, "v" + number, "STRING", step, TOPIC, partition, offset, 1, ArchivedRow.COUNTED));
    }

    @Test
    void shouldLoseAndDoubleNothingWhenStoppedAndRestoredAtOtherParallelism() {
        // Given
        var rows = new PartitionedLog(2);
        var log = new LogWriter(rows, TOPIC);
        var expected = new ArrayList<ArchivedRow>();
        long seed = 20261120;
        var random = new Random(seed);
        var setup = setup(CHECKPOINTS.multipliedBy(3));
        TopologyRun run = setup.start(rows, 2);

        // When
        for (int parallelism : List.of(1, 2, 2, 1)) {
            writeUntilAnotherFile(log, expected, random.nextInt(200));
            run = setup.restore(rows, parallelism, run.stop(savepoints));
        }
        // The compactor forgets what it was about to join when the input ends before the first
        // checkpoint after a restore.
        writeUntilAnotherFile(log, expected, random.nextInt(200));
        log.close();
        run.awaitEnd();

        // Then
        assertThat(ArchiveReader.rows(archive)).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Rows in files that no reader sees yet, then more of the same days. State has the files' whole paths. */
    @Test
    void shouldGoOnFromTheGoldenSavepoint() throws Exception {
        // Given
        var golden = new GoldenState(TimeSeriesArchiveJob.NAME);
        Path hidden = golden.folder().resolve("archive");
        Path moved =
                archive.resolve("x".repeat(KEPT.length() - archive.toString().length() - 1));
        var setup = setup(moved, CHECKPOINTS.multipliedBy(40))
                .with(TestSettings.of(TimeSeriesArchiveJob.NAME)
                        .bounds(Duration.ofSeconds(5), Duration.ofMinutes(15))
                        .auditInterval(Duration.ofHours(1))
                        .intake(List.of(new WindowSpec.None())));
        var rows = new PartitionedLog(2);
        var log = new LogWriter(rows, TOPIC);
        message(
                log,
                0,
                "2026-11-21T00:10:05Z",
                "2026-11-20T23:59:59.999Z,pu136mod-nd-011,19.380",
                "2026-11-21T00:10:05Z,pu136mod-ni-001,-7");
        message(log, 0, "2026-11-21T00:20:05Z", "2026-11-21T00:20:05Z,pu136mod-nd-012,1e-3");
        message(
                log,
                0,
                "2026-11-21T00:20:06Z",
                "2026-11-21T00:04:59.999Z,pu136mod-nd-011,-0.5",
                "2026-11-21T00:20:06Z,pu136mod-nd-011,warm");
        message(
                log,
                1,
                "2026-11-21T00:20:06Z",
                "2026-11-21T00:20:06Z,pu136mod-ns-021,\"on, \"\"warm\"\"\"",
                "2026-11-21T00:20:06Z,pu136mod-nd-011,warm");
        if (GoldenState.isWritten()) {
            TopologyRun run =
                    setup.start(rows, 2).await(job -> job.deadLetters().size() == 2);
            golden.keep(run.stop(savepoints), Map.of(moved.toString(), KEPT));
            assertThat(ArchiveReader.files(moved)).isEmpty();
            FileUtils.deleteDirectory(hidden.toFile());
            FileUtils.copy(flinkPath(moved), flinkPath(hidden), false);
            FileUtils.deleteDirectory(moved.toFile());
        }
        FileUtils.copy(flinkPath(hidden), flinkPath(moved), false);

        // When
        TopologyRun run = setup.restore(rows, 1, golden.copy(savepoints, Map.of(KEPT, moved.toString())));
        await().until(() -> ArchiveReader.files(moved).size() == 2);
        message(
                log,
                0,
                "2026-11-21T00:20:08Z",
                "2026-11-21T00:04:59Z,pu136mod-nd-011,0.25",
                "2026-11-21T00:20:08Z,pu136mod-nd-013,3");
        message(log, 1, "2026-11-21T00:20:08Z", "2026-11-20T23:59:59.999Z,pu136mod-ns-021,off");
        log.close();
        run.awaitEnd();

        // Then
        golden.assertNamesNoOtherClass();
        assertThat(ArchiveReader.all(moved)).isEqualTo(ArchiveReader.files(moved));
        golden.assertTold(
                Stream.concat(ArchiveReader.rows(moved).stream().map(ArchivedRow::toString), GoldenSavepoint.told(run))
                        .sorted()
                        .toList());
    }

    private static org.apache.flink.core.fs.Path flinkPath(Path path) {
        return new org.apache.flink.core.fs.Path(path.toUri());
    }
}
