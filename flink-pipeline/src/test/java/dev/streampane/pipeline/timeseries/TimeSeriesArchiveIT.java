// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.local.server.TaskManagers;
import dev.streampane.pipeline.KafkaLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as it is shipped, on processes that are killed, with state and files on a local disk and on S3. */
class TimeSeriesArchiveIT {

    private static final String BUCKET = "streampane";
    private static final String ARCHIVE = "archive/";
    private static final int PARTITIONS = 2;
    private static final int ROWS = 3;

    /** Offsets without a record that fill more than one audit line. */
    private static final int HOLES = 600;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path data;

    private static GatedS3 s3;
    private static LocalKafka kafka;
    private static KafkaLog log;
    private static LocalFlink flink;
    private static FlinkRest rest;
    private static String jar;
    private static int generation;

    private final List<ArchivedRow> sent = new ArrayList<>();
    private int messages;

    /** The rows of the finished files that were read, none of which changes. */
    private final Map<String, List<ArchivedRow>> read = new HashMap<>();

    @BeforeAll
    static void start() throws IOException {
        s3 = GatedS3.start(BUCKET);
        kafka = SharedKafka.empty();
        log = new KafkaLog(kafka.bootstrapServers());
        flink = LocalFlink.start(
                data.resolve("flink"),
                LocalFlink.Ports.free(),
                Map.of(
                        "s3.endpoint",
                        s3.endpoint(),
                        "s3.path.style.access",
                        "true",
                        "metrics.fetcher.update-interval",
                        "1000")); // 10 s otherwise
        rest = new FlinkRest(flink.restUrl());
        jar = rest.upload(Checkout.jobJar());
    }

    @AfterAll
    static void stop() {
        flink.close();
        log.close();
        s3.close();
    }

    @Test
    void shouldLoseAndDoubleNothingOnS3() throws Exception {
        generation++;
        log.create("s3", PARTITIONS);
        String[] locations = {"--state-dir=s3://" + BUCKET + "/state", "--archive-dir=s3://" + BUCKET + "/" + ARCHIVE};
        Supplier<List<ArchivedRow>> archived = this::onS3;
        String job = run("s3", null, locations);
        writeUntilAnotherRow("s3", job, archived);

        killInTheMiddleOf("PUT .*[.]rows-.*partNumber=.*", "s3", job);
        killInTheMiddleOf("POST .*/compacted-rows-.*uploadId=.*", "s3", job);
        writeUntilAnotherRow("s3", job, archived);

        String savepoint = stopWithSavepoint(job, "s3://" + BUCKET + "/state/savepoints");
        write("s3");
        job = run("s3", savepoint, locations);
        writeUntilAnotherRow("s3", job, archived);

        assertArchived("s3", job, archived);
    }

    @Test
    void shouldLoseAndDoubleNothingOnADisk() throws Exception {
        generation++;
        log.create("disk", PARTITIONS);
        Path archive = data.resolve("archive");
        Files.createDirectories(archive);
        Supplier<List<ArchivedRow>> archived = () -> onDisk(archive);
        String job = run("disk", null, "--state-dir=" + data.resolve("state"), "--archive-dir=" + archive);
        writeUntilAnotherRow("disk", job, archived);

        await("a file that is being joined from others")
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    write("disk");
                    return ArchiveReader.all(archive).stream()
                            .map(file -> file.getFileName().toString())
                            .anyMatch(name -> name.startsWith(".compacted-"));
                });
        flink.killTaskManager();
        TaskManagers.restart(flink);
        writeUntilAnotherRow("disk", job, archived);

        assertArchived("disk", job, archived);
    }

    @Test
    void shouldArchiveWhatATopicHoldsAndEnd() throws Exception {
        generation++;
        log.create("batch", PARTITIONS);
        Path archive = data.resolve("batch");
        for (int message = 0; message < 20; message++) {
            write("batch");
        }

        String job =
                run("batch", null, "--mode=batch", "--state-dir=" + data.resolve("state"), "--archive-dir=" + archive);

        await().untilAsserted(() -> assertThat(rest.jobs())
                .filteredOn(found -> found.id().equals(job))
                .extracting(FlinkRest.Job::state)
                .containsExactly("FINISHED"));
        assertThat(ArchiveReader.rows(archive)).containsExactlyInAnyOrderElementsOf(withAppendTimes("batch"));
        assertThat(ArchiveReader.all(archive)).isEqualTo(ArchiveReader.files(archive));
    }

    /** The archive's next checkpoint is ten minutes away. */
    @Test
    void shouldHideNothingOfAnotherJobUntilItsNextCheckpoint() throws Exception {
        generation++;
        log.create("shared", PARTITIONS);
        log.write("shared", 0, "of the same partition", "no row");
        log.commitEach("shared", 0, Collections.nCopies(HOLES, "2026-11-10T23:59:59Z,pu136mod-nd-011,1"));
        String state = "--state-dir=" + data.resolve("state");
        String archive = submit(
                submission(TimeSeriesArchiveJob.NAME, "shared", "10m"),
                state,
                "--archive-dir=" + data.resolve("shared"));
        await("the archive has read it").until(() -> hasReadEverything(archive));

        String speed = submit(submission(TimeSeriesSpeedJob.NAME, "shared", "300ms"), state);

        await("a dead letter").until(() -> !log.committed("dead-letters").isEmpty());
        assertThat(log.committed("dead-letters"))
                .extracting(
                        letter -> new String(letter.headers().lastHeader("job").value(), UTF_8))
                .containsExactly(TimeSeriesSpeedJob.NAME);
        await("an audit line").until(() -> log.committedValues("audit").stream()
                .anyMatch(line -> line.contains("\"job\":\"" + TimeSeriesSpeedJob.NAME + '"')));
        rest.cancel(archive);
        rest.cancel(speed);
    }

    private static boolean hasReadEverything(String job) throws IOException {
        Optional<String> pending = rest.metric(job, FlinkRest.PENDING_RECORDS);
        return pending.isPresent() && rest.sum(pending.get()).equals(Optional.of(0L));
    }

    /** Kills the task manager while it waits for the answer to such a request. */
    private void killInTheMiddleOf(String request, String topic, String job) throws Exception {
        int restarts = rest.restarts(job);
        GatedS3.Stop stop = s3.stopAt(line -> line.matches(request));
        await("a request " + request).until(() -> {
            write(topic);
            return stop.isReached();
        });
        flink.killTaskManager();
        stop.open();
        TaskManagers.restart(flink);
        awaitRestart(job, restarts);
    }

    /** The dead TaskManager's slots are counted for a while, and nothing can be stopped before the job runs again. */
    private static void awaitRestart(String job, int restarts) {
        await("the job runs again")
                .until(() -> rest.restarts(job) > restarts
                        && rest.jobs().stream().anyMatch(found -> found.id().equals(job) && found.isUp()));
    }

    private static String run(String topic, String savepoint, String... more) throws IOException {
        ObjectNode body = submission(TimeSeriesArchiveJob.NAME, topic, "300ms");
        body.withArray("programArgsList").add("--compact-after=1s");
        if (savepoint != null) {
            body.put("savepointPath", savepoint).put("claimMode", "CLAIM");
        }
        return submit(body, more);
    }

    private static ObjectNode submission(String job, String topic, String checkpointInterval) {
        ObjectNode body = JSON.createObjectNode();
        body.put("entryClass", "dev.streampane.pipeline.job.JobCatalog")
                .putArray("programArgsList")
                .add(job)
                .add("--bootstrap-servers=" + log.servers())
                .add("--input-topic=" + topic)
                .add("--generation=" + generation)
                .add("--parallelism=" + PARTITIONS)
                .add("--checkpoint-interval=" + checkpointInterval);
        return body;
    }

    private static String submit(ObjectNode body, String... more) throws IOException {
        Stream.of(more).forEach(body.withArray("programArgsList")::add);
        return post("/jars/" + jar + "/run", body).path("jobid").asText();
    }

    private static JsonNode post(String path, ObjectNode body) throws IOException {
        return Http.post(flink.restUrl().resolve(path), body.toString());
    }

    /** Asks again while there is none: what is restored commits its files, which shows rows, before every task runs. */
    private static String stopWithSavepoint(String job, String directory) {
        return await("a savepoint")
                .until(() -> askToStop(job, directory), savepoint -> savepoint.startsWith(directory));
    }

    private static String askToStop(String job, String directory) throws IOException {
        String request = rest.stop(job, directory);
        return await().until(() -> rest.stopped(job, request), Optional::isPresent)
                .orElseThrow();
    }

    /** A message of three rows, around midnight, in one of the partitions. */
    private void write(String topic) throws Exception {
        int number = messages++;
        int partition = number % PARTITIONS;
        var lines = new ArrayList<String>();
        for (int row = 0; row < ROWS; row++) {
            Instant step = Instant.parse("2026-11-10T23:59:59Z").plusMillis(1000L * (row - 1) + number);
            lines.add(step + ",pu136mod-nd-%03d,%d.%d".formatted(11 + row, number, row));
        }
        long offset = log.write(topic, partition, null, String.join("\r\n", lines));
        for (int row = 0; row < ROWS; row++) {
            String[] fields = lines.get(row).split(",");
            sent.add(new ArchivedRow(
                    Instant.parse(fields[0]).toEpochMilli(),
                    fields[1],
                    fields[2],
                    "DOUBLE",
                    null,
                    topic,
                    partition,
                    offset,
                    row,
                    ArchivedRow.COUNTED));
        }
    }

    private void writeUntilAnotherRow(String topic, String job, Supplier<List<ArchivedRow>> archived)
            throws IOException {
        int before = archived.get().size();
        try {
            await("another row in a finished file").until(() -> {
                write(topic);
                return archived.get().size() > before;
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "TaskManager %s\n%s\n%s\n%s"
                            .formatted(flink.taskManager(), rest.jobs(), rest.checkpoints(job), rest.failure(job)),
                    e);
        }
    }

    /** Every row that was sent is in one finished file, once; and none comes again with the next files. */
    private void assertArchived(String topic, String job, Supplier<List<ArchivedRow>> archived) throws IOException {
        List<ArchivedRow> expected = withAppendTimes(topic);
        await().until(() -> archived.get().size() >= expected.size());
        int checkpoints = checkpoints(job);
        await().until(() -> checkpoints(job) >= checkpoints + 8);

        assertThat(archived.get()).containsExactlyInAnyOrderElementsOf(expected);
        rest.cancel(job);
    }

    private static int checkpoints(String job) throws IOException {
        return rest.checkpoints(job).path("counts").path("completed").asInt();
    }

    private List<ArchivedRow> withAppendTimes(String topic) {
        Map<String, Long> appended = new HashMap<>();
        log.committed(topic)
                .forEach(record -> appended.put(record.partition() + "-" + record.offset(), record.timestamp()));
        return sent.stream()
                .map(row -> new ArchivedRow(
                        row.step(),
                        row.name(),
                        row.value(),
                        row.type(),
                        appended.get(row.partition() + "-" + row.offset()),
                        row.topic(),
                        row.partition(),
                        row.offset(),
                        row.row(),
                        row.verdict()))
                .toList();
    }

    private List<ArchivedRow> onDisk(Path archive) {
        return ArchiveReader.files(archive).stream()
                .flatMap(file -> read.computeIfAbsent(file.toString(), path -> ArchiveReader.read(file)).stream())
                .toList();
    }

    /** The rows of all objects whose last part begins with neither dot nor underscore. */
    private List<ArchivedRow> onS3() {
        return s3.keys(BUCKET, ARCHIVE).stream()
                .filter(key -> ArchiveReader.isFinished(key.substring(key.lastIndexOf('/') + 1)))
                .flatMap(key -> read.computeIfAbsent(key, TimeSeriesArchiveIT::readFromS3).stream())
                .toList();
    }

    private static List<ArchivedRow> readFromS3(String key) {
        try {
            return ArchiveReader.read(Files.write(data.resolve("read.parquet"), s3.get(BUCKET, key)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
