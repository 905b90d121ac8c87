// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.pipeline.JobsOnKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.job.JobConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job as it is, on a real broker: windows of 10 s, B = 1 s, L = 5 s, four partitions. */
class WeatherAverageJobIT extends JobsOnKafka {

    private static final int WINDOWS_SHOWN = 9;
    private static final int TRIES_TO_SHOW = 3;
    private static final long SOON_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(WeatherAverageJobIT.class);
    private static final int PARTITIONS = 4;

    /** As much as a producer sends by default: with our headers it is more than that. */
    private static final int LARGEST_INPUT = 1_048_400;

    private static final ObjectMapper JSON = new ObjectMapper();

    private static int generation;

    @TempDir
    private Path directory;

    private final List<String> topics = new ArrayList<>();

    @BeforeEach
    void createTopics(TestInfo test) throws Exception {
        generation++;
        for (String role : List.of("input", "results", "late", "dead-letters", "audit")) {
            String topic = test.getTestMethod().orElseThrow().getName() + '-' + generation + '-' + role;
            log.create(topic, role.equals("audit") ? 1 : PARTITIONS);
            topics.add(topic);
        }
    }

    @Test
    void shouldTellOfEveryRecordWhatBecameOfIt() throws Exception {
        JobID job = flink.start(new WeatherAverageJob(), config());

        reading(0, "00:00:01", "device1", "19.0");
        reading(0, "00:00:03", "device1", "20.5");
        reading(1, "00:00:09.999", "device2", "-3");
        write(2, "not json");
        write(3, "{\"ts\":\"2024-05-12T00:00:01Z\",\"temperature\":1,\"humidity\":1}");
        write(3, "x".repeat(LARGEST_INPUT));
        heartbeats("00:00:11.001");
        awaitCommitted(results(), 2);
        reading(0, "00:00:05", "device1", "21.5");
        awaitCommitted(results(), 3);
        heartbeats("00:00:17");
        reading(0, "00:00:06", "device1", "99");
        long ahead = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
        reading(1, Instant.ofEpochMilli(ahead), "device2", "1");
        awaitCommitted(late(), 1);
        awaitCommitted(deadLetters(), 4);
        awaitAudit(Map.of(0, 6L, 1, 4L, 2, 3L, 3, 4L));

        assertThat(json(results()))
                .extracting(row -> texts(row, "/key", "/status", "/rev", "/count", "/values/avg_temp", "/window/end"))
                .containsExactlyInAnyOrder(
                        "device1 FINAL 1 2 19.75 2024-05-12T00:00:10Z",
                        "device2 FINAL 1 1 -3.0 2024-05-12T00:00:10Z",
                        "device1 REVISED 2 3 20.333333 2024-05-12T00:00:10Z");
        assertThat(headers(late()))
                .containsExactly("append-time event-time=2024-05-12T00:00:06Z generation="
                        + generation
                        + " job=weather-average offset=5 partition=0 spec=tumbling(10s) topic="
                        + input());
        assertThat(headers(deadLetters()))
                .extracting(text -> text.replaceAll(".*reason=([a-z_]+).*", "$1"))
                .containsExactlyInAnyOrder("not_json", "missing", "future", "too_big");
        assertThat(flink.attempts(job)).isZero();
    }

    /** Kafka's connector gives the new partitions of such a topic to the subtasks that have the old ones; two with none would hold time back. */
    @Test
    void shouldGoOnWithMorePartitionsAndAsManySubtasks() throws Exception {
        String topic = IntStream.range(0, 1000)
                .mapToObj(number -> input() + number)
                .filter(name -> (name.hashCode() * 31 & Integer.MAX_VALUE) % PARTITIONS == 2)
                .findFirst()
                .orElseThrow();
        log.create(topic, 2);
        JobID job = flink.start(new WeatherAverageJob(), config("--input-topic=" + topic, "--parallelism=2"));
        for (int partition = 0; partition < 2; partition++) {
            reading(topic, partition, "00:00:01");
        }
        awaitAudit(Map.of(0, 1L, 1, 1L));
        String savepoint = flink.stop(job, directory);
        log.admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(PARTITIONS)))
                .all()
                .get();

        JobID grown = flink.restore(
                new WeatherAverageJob(),
                config(
                        "--input-topic=" + topic,
                        "--parallelism=" + PARTITIONS,
                        "--generation=" + generation,
                        "--state-dir=" + directory),
                savepoint);
        for (int second = 12; second <= 32; second += 10) {
            flink.replaceTaskManager();
            flink.awaitRunning(grown);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                reading(topic, partition, "00:00:" + second);
            }
            awaitCommitted(results(), 2 + PARTITIONS * (second / 10 - 1));
        }

        awaitAudit(Map.of(0, 4L, 1, 4L, 2, 3L, 3, 3L));
    }

    @Test
    void shouldEndWhenItsStateIsThatOfAnotherTopic() throws Exception {
        JobID job = flink.start(new WeatherAverageJob(), config());
        heartbeats("00:00:02");
        awaitAudit(Map.of(0, 1L, 1, 1L, 2, 1L, 3, 1L));
        String savepoint = flink.stop(job, directory);
        heartbeats("00:00:03");

        JobID renamed = flink.submit(
                new WeatherAverageJob(),
                config("--input-topic=" + results(), "--generation=" + generation),
                SavepointRestoreSettings.forPath(savepoint));

        assertThat(flink.awaitEnd(renamed)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.failure(renamed).getExceptionAsString())
                .contains("--input-topic: '" + results() + "' is not allowed; allowed is " + input());
    }

    @Test
    void shouldLoseAndDoubleNothingWhenATaskManagerIsReplaced() throws Exception {
        JobID job = flink.start(new WeatherAverageJob(), config("--state-dir=" + directory));
        int windows = 12;
        for (int window = 0; window < windows; window++) {
            for (int second = 0; second < 10; second++) {
                String time = "%02d:%02d:%02d".formatted(0, window / 6, window % 6 * 10 + second);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    reading(partition, time, "device" + second % 3, "1");
                }
                heartbeats(time);
            }
            if (window == 3 || window == 7) {
                awaitResults(window * 3);
                flink.replaceTaskManager();
                flink.awaitRunning(job);
            }
        }
        heartbeats("00:02:01");

        await().untilAsserted(() -> assertThat(json(results())).hasSize(windows * 3));
        assertThat(flink.attempts(job)).isPositive();
        Map<String, Integer> counts = new TreeMap<>();
        json(results()).forEach(row -> assertThat(counts.put(
                        row.get("id").asText() + row.get("rev"),
                        row.get("count").asInt()))
                .isNull());
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(windows * 10 * PARTITIONS);
        assertThat(json(results()))
                .allSatisfy(row -> assertThat(row.get("count").asInt())
                        .isEqualTo(row.get("key").asText().equals("device0") ? 4 * PARTITIONS : 3 * PARTITIONS));
        assertThat(log.committed(late())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    @SuppressWarnings("try")
    void shouldComputeWhatIsThereAndEndInBatchMode(int parallelism) throws Exception {
        reading(0, "00:00:01", "device1", "19.0");
        heartbeats("00:00:11.001");
        reading(0, "00:00:05", "device1", "21");
        heartbeats("00:00:17");
        reading(0, "00:00:06", "device1", "99");
        reading(3, "00:00:18", "device1", "-1.5");
        write(2, "not json");

        try (var open = log.transaction(topics.get(0), 1, "not there yet, and not waited for")) {
            JobID job = flink.submit(
                    new WeatherAverageJob(),
                    config("--mode=batch", "--parallelism=" + parallelism),
                    SavepointRestoreSettings.none());
            assertThat(flink.awaitEnd(job))
                    .as(() -> flink.failure(job).getExceptionAsString())
                    .isEqualTo(JobStatus.FINISHED);
        }

        awaitCommitted(results(), 2);
        assertThat(json(results()))
                .extracting(row -> texts(row, "/status", "/count", "/late", "/values/avg_temp", "/watermark"))
                .containsExactlyInAnyOrder("FINAL 2 1 20.0 null", "FINAL 1 0 -1.5 null");
        awaitCommitted(late(), 1);
        awaitCommitted(deadLetters(), 1);
        awaitAudit(Map.of(0, 5L, 1, 2L, 2, 3L, 3, 3L));
    }

    /** Pauses of 100 ms, as where somebody waits for a result, grow to 500 ms. */
    @Test
    void shouldCheckpointLessOftenWhileOutputGoesOn() throws Exception {
        JobID job = flink.start(new WeatherAverageJob(), config());

        await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
            write(0, "not json");
            List<Long> pauses = flink.pauses(job);
            assertThat(pauses).hasSizeGreaterThanOrEqualTo(3);
            assertThat(pauses.subList(pauses.size() - 3, pauses.size()))
                    .allMatch(pause -> pause > 450 && pause < 2_000);
        });
    }

    @Test
    void shouldShowResultsSoonAfterTheEndOfTheWindowAndCheckpointForThemOnly() throws Exception {
        Instant begin = Instant.now();
        JobID job = flink.start(new WeatherAverageJob(), config("--windows=tumbling(1s)", "--out-of-orderness=0ms"));
        long median = Long.MAX_VALUE;
        int shown = 0;
        try (KafkaLog.Tail tail = log.tail(results())) {
            for (int attempt = 0; median > SOON_MILLIS && attempt < TRIES_TO_SHOW; attempt++) {
                median = medianDelay(tail);
                shown += WINDOWS_SHOWN;
            }
        }

        assertThat(median).isLessThanOrEqualTo(SOON_MILLIS);
        // two for a window, as subtasks may write beside a checkpoint that is under way; and one
        // each five seconds
        assertThat(flink.checkpoints(job).getNumberOfCompletedCheckpoints())
                .isLessThan(
                        2 * shown + 2 + Duration.between(begin, Instant.now()).toSeconds() / 5);
    }

    /** From the end of each of nine windows until its result is visible, in ms. */
    private long medianDelay(KafkaLog.Tail tail) throws Exception {
        List<Long> delays = new ArrayList<>();
        while (delays.size() < WINDOWS_SHOWN) {
            Instant end = Instant.ofEpochSecond(Instant.now().plusMillis(1_500).getEpochSecond());
            reading(0, end.minusMillis(1), "device1", "1");
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> !Instant.now().isBefore(end));
            for (int partition = 0; partition < PARTITIONS; partition++) {
                write(partition, "{\"ts\":\"" + end + "\"}", "heartbeat");
            }
            await().pollInterval(Duration.ofMillis(1)).until(() -> tail.poll() > 0);
            delays.add(Duration.between(end, Instant.now()).toMillis());
        }
        long median = delays.stream().sorted().toList().get(WINDOWS_SHOWN / 2);
        LOG.warn(
                "Results were visible after the window's end, median ms={} largest ms={}",
                median,
                Collections.max(delays));
        return median;
    }

    private void awaitResults(int rows) {
        await().untilAsserted(() -> assertThat(json(results())).hasSizeGreaterThanOrEqualTo(rows));
    }

    private void awaitCommitted(String topic, int records) {
        await().untilAsserted(() -> assertThat(log.committed(topic)).hasSize(records));
    }

    /** Audit lines of each partition reach from the first offset without a gap to {@code records}. */
    private void awaitAudit(Map<Integer, Long> records) {
        await().untilAsserted(() -> {
            Map<Integer, Long> reached = new TreeMap<>();
            for (JsonNode line : json(audit())) {
                int partition = line.get("partition").asInt();
                assertThat(line.get("first").asLong()).isEqualTo(reached.getOrDefault(partition, 0L));
                assertThat(line.get("holes")).isEmpty();
                reached.put(partition, line.get("last").asLong() + 1);
            }
            assertThat(reached).containsExactlyInAnyOrderEntriesOf(records);
        });
    }

    private void reading(int partition, String time, String device, String temperature) throws Exception {
        reading(partition, Instant.parse("2024-05-12T" + time + "Z"), device, temperature);
    }

    private void reading(int partition, Instant time, String device, String temperature) throws Exception {
        write(partition, value(time, device, temperature));
    }

    private void reading(String topic, int partition, String time) throws Exception {
        log.write(topic, partition, null, value(Instant.parse("2024-05-12T" + time + "Z"), "device" + partition, "1"));
    }

    private static String value(Instant time, String device, String temperature) {
        return "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":%s,\"humidity\":50}"
                .formatted(device, time, temperature);
    }

    private void heartbeats(String time) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            write(partition, "{\"ts\":\"2024-05-12T" + time + "Z\"}", "heartbeat");
        }
    }

    private void write(int partition, String value, String... kind) throws Exception {
        log.write(input(), partition, null, value, kind);
    }

    private List<JsonNode> json(String topic) {
        return log.committedValues(topic).stream()
                .map(WeatherAverageJobIT::parse)
                .toList();
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String texts(JsonNode row, String... fields) {
        return Stream.of(fields).map(field -> row.at(field).asText()).collect(Collectors.joining(" "));
    }

    private List<String> headers(String topic) {
        return log.committed(topic).stream().map(WeatherAverageJobIT::headers).toList();
    }

    private static String headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers.entrySet().stream()
                .map(header -> header.getKey().equals("append-time") ? header.getKey() : header.toString())
                .collect(Collectors.joining(" "));
    }

    private JobConfig config(String... more) {
        Map<String, String> options = new TreeMap<>();
        options.put("--bootstrap-servers", log.servers());
        options.put("--input-topic", input());
        options.put("--results-topic", results());
        options.put("--late-topic", late());
        options.put("--dead-letters-topic", deadLetters());
        options.put("--audit-topic", audit());
        options.put("--audit-interval", "100ms");
        options.put("--windows", "tumbling(10s)");
        options.put("--out-of-orderness", "1s");
        options.put("--allowed-lateness", "5s");
        options.put("--generation", Integer.toString(generation));
        for (String option : more) {
            options.put(option.substring(0, option.indexOf('=')), option.substring(option.indexOf('=') + 1));
        }
        return JobConfig.of(
                WeatherAverageJob.NAME,
                options.entrySet().stream().map(Object::toString).toArray(String[]::new));
    }

    private String input() {
        return topics.get(0);
    }

    private String results() {
        return topics.get(1);
    }

    private String late() {
        return topics.get(2);
    }

    private String deadLetters() {
        return topics.get(3);
    }

    private String audit() {
        return topics.get(4);
    }
}
