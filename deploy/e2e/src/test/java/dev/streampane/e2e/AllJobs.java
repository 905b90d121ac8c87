// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.Beside.beside;
import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** {@code up --jobs all}: every job at once, each with something to show, and the audit of all of them reconciled. */
final class AllJobs {

    /** 4.25 GiB: what {@code up} wants to be free for all jobs. */
    private static final long MOST_MIB = 4352;

    private static final Instant STEP = Instant.parse("2026-01-15T10:00:07Z");
    private static final byte[] PARQUET = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private final Up up;
    private final Path data;

    AllJobs(Up up, Path data) {
        this.up = up;
        this.data = data;
    }

    /** What makes them quick enough for a test. */
    static String[] options() {
        List<String> options = new ArrayList<>(List.of("--jobs", "all"));
        for (String option : List.of(
                "fraud-detection:audit-interval=1s",
                "time-series-speed:audit-interval=1s",
                "time-series-archive:audit-interval=1s",
                "time-series-archive:checkpoint-interval=1s",
                "time-series-archive:compact-after=2s")) {
            options.addAll(List.of("--job-option", option));
        }
        return options.toArray(String[]::new);
    }

    /**
     * Before any load: a theft in event times that are older than the load's. Time does not go on before the window of its large payment was
     * looked into; windows of the load may be closed too soon for that.
     */
    void publishFraud() {
        Instant at = Instant.parse("2026-01-15T09:00:00Z");
        try (KafkaProducer<byte[], byte[]> producer = producer(up.bootstrapServers())) {
            publishTheft(producer, "victim", at);
            producer.flush();
            await("a preview").until(() -> !values(up, "window-previews").isEmpty());
            passAMinute(producer, at);
        }
    }

    /** After a load. */
    void check() {
        StackSettings.JOBS.forEach(
                job -> assertThat(new FlinkJob(up, job).isUp()).as(job).isTrue());
        try (KafkaProducer<byte[], byte[]> producer = producer(up.bootstrapServers())) {
            publishTimeSeries(producer);
        }
        await().until(() -> jobsOfResults(up).containsAll(resultJobs()));
        beside(
                () -> Outcome.awaitBalanced(up.bootstrapServers()),
                () -> awaitLines(up),
                () -> awaitAlert(up),
                this::awaitArchive,
                () -> awaitWords(up),
                () -> awaitHistory(up),
                () -> awaitMetrics(up));
        assertFits(up);
    }

    private static void awaitMetrics(Up up) {
        ExposedMetrics.awaitDocumented(
                "jobmanager", up.url(StackPort.FLINK_JOB_MANAGER_METRICS).resolve("/metrics"));
        ExposedMetrics.awaitDocumented(
                "taskmanager", up.url(StackPort.FLINK_TASK_MANAGER_METRICS).resolve("/metrics"));
        ExposedMetrics.awaitDocumented(
                "results-api", up.url(StackPort.RESULTS_API_MANAGEMENT).resolve("/q/metrics"));
    }

    /** All processes together, {@code up} itself among them. Cores are shown and not judged. */
    private static void assertFits(Up up) {
        JsonNode measured = json(up.command("measure", "--for", "1s", "--json"));
        System.out.printf(
                "all jobs: %.2f cores, %,d MiB resident: %s%n",
                measured.at("/whole/cores").asDouble(),
                measured.at("/whole/residentMiB").asLong(),
                measured.path("processes"));
        assertThat(measured.path("processes").properties())
                .as("every process is measured: %s", measured)
                .hasSizeGreaterThanOrEqualTo(6)
                .allMatch(process -> process.getValue().path("residentMiB").asLong() > 0);
        assertThat(measured.at("/whole/residentMiB").asLong())
                .as("MiB resident: %s", measured)
                .isLessThan(MOST_MIB);
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        return KafkaUser.producer(Map.of("bootstrap.servers", bootstrapServers));
    }

    /** A card is tried with a small amount and then emptied, and time goes on. */
    static void publishFraud(String bootstrapServers, String client, Instant at) {
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            publishTheft(producer, client, at);
            passAMinute(producer, at);
        }
    }

    private static void publishTheft(KafkaProducer<byte[], byte[]> producer, String client, Instant at) {
        String payment =
                "{\"client\":\"%s\",\"ts\":\"%s\",\"amount\":%s,\"merchant\":\"corner shop\",\"lat\":52.52,\"lon\":13.405}";
        for (String value : List.of(
                payment.formatted(client, at, "1.00"), payment.formatted(client, at.plusSeconds(20), "1500.00"))) {
            producer.send(new ProducerRecord<>("transactions", 0, null, text(value)));
        }
    }

    private static void passAMinute(KafkaProducer<byte[], byte[]> producer, Instant at) {
        Readings.beat(producer, "transactions", at.plusSeconds(60));
    }

    /** Two rows of each kind of tag and one that is none, then time that closes their minute for good. */
    private static void publishTimeSeries(KafkaProducer<byte[], byte[]> producer) {
        String rows = """
                2026-01-15T10:00:07Z,pu136mod-ni-001,5
                2026-01-15T10:00:07Z,pu136mod-nd-011,1.5
                2026-01-15T10:00:17Z,pu136mod-nd-011,2.5
                2026-01-15T10:00:17Z,pu136mod-ns-021,"open, or not"
                2026-01-15T10:00:17Z,pu136mod-ni-002,five
                """.replace("\n", "\r\n");
        producer.send(new ProducerRecord<>("time-series", 0, null, text(rows)));
        Readings.beat(producer, "time-series", STEP.plus(Duration.ofHours(1)));
    }

    private static List<String> resultJobs() {
        return List.of("weather-average", "transaction-total", "time-series-speed");
    }

    private static List<String> jobsOfResults(Up up) {
        return values(up, "window-results").stream()
                .map(AllJobs::json)
                .map(result -> result.path("job").asText())
                .distinct()
                .toList();
    }

    private static void awaitLines(Up up) {
        String closed = " " + Instant.parse("2026-01-15T10:01:00Z").toEpochMilli() + "000000";
        await().untilAsserted(() -> assertThat(values(up, "telegraf").stream().flatMap(String::lines))
                .anyMatch(line -> line.startsWith("tags,name=pu136mod-nd-011 value=2") && line.endsWith(closed))
                .contains("tags,name=pu136mod-ns-021 text=\"open, or not\"" + closed));
    }

    private static void awaitAlert(Up up) {
        await().untilAsserted(() -> assertThat(values(up, "alerts").stream().map(AllJobs::json))
                .filteredOn(alert -> alert.path("client").asText().equals("victim"))
                .singleElement()
                .matches(alert -> alert.path("pattern").asText().equals("small-then-large")));
    }

    private void awaitArchive() {
        Path day = data.resolve("archive/step_year=2026/step_date=2026-01-15");
        await().until(() -> parquetFiles(day) > 0);
    }

    /** Fails at the first file that is none; one that is compacted meanwhile goes, and is not counted. */
    private static int parquetFiles(Path day) throws IOException {
        int files = 0;
        for (Path file : shown(day)) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                assertThat(Arrays.copyOf(bytes, 4)).as("%s", file).isEqualTo(PARQUET);
                assertThat(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length))
                        .as("%s", file)
                        .isEqualTo(PARQUET);
                files++;
            } catch (NoSuchFileException compacted) {
                continue;
            }
        }
        return files;
    }

    private static List<Path> shown(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last +I or +U of a word is its count: one more with each of them. */
    private static void awaitWords(Up up) {
        await().until(() -> values(up, "word-counts").size() > 20);
        Map<String, Long> counts = new HashMap<>();
        for (String row : values(up, "word-counts")) {
            JsonNode change = json(row);
            if (!change.path("op").asText().equals("-U")) {
                long before = counts.merge(change.path("word").asText(), 1L, (known, one) -> known + one);
                assertThat(change.path("count").asLong()).as(row).isEqualTo(before);
            }
        }
        assertThat(counts.values()).anyMatch(count -> count > 1);
    }

    private static void awaitHistory(Up up) {
        Rest rest = new Rest(up.url(StackPort.RESULTS_API));
        for (String job : resultJobs()) {
            await().untilAsserted(() -> assertThat(
                            rest.get("/api/v1/windows?job=" + job + "&limit=1").path("items"))
                    .isNotEmpty());
        }
    }

    private static List<String> values(Up up, String topic) {
        return TopicRecords.all(up.bootstrapServers(), topic, "read_committed").stream()
                .filter(record -> record.value() != null)
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private static JsonNode json(String value) {
        return Outcome.json(text(value));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
