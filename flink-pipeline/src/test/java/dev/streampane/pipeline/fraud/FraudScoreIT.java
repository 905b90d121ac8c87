// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.server.ServiceUnderTest;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.MiniFlink;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.testing.PartitionedLog;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.testing.TopologyRun;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How good the patterns are, on 100,000 seeded transactions of the packaged transaction-simulator on a real broker: the labels in its
 * headers, which no decoder sees, say what an alert must be about.
 */
class FraudScoreIT {

    private static final Logger LOG = LoggerFactory.getLogger(FraudScoreIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TRANSACTIONS = 100_000;
    private static final int PARTITIONS = 4;

    /** Processor time of the simulator, which takes 3 s, and of the job, which takes 6 s; how much time passes meanwhile is up to the machine. */
    private static final Duration COST = Duration.ofSeconds(20);

    /** A look costs some, too. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** All at once, and none dropped while the broker is slow to answer. */
    private static final Map<String, String> SIMULATION = Map.of(
            "TX_SEED", "42",
            "TX_START", "2024-01-01T00:00:00Z",
            "TX_LIMIT", Integer.toString(TRANSACTIONS),
            "TX_HEARTBEATS", "false",
            "TX_RATE", "20",
            "TX_CLIENTS_COUNT", "1000",
            "TX_SCENARIOS_RATE", "12",
            "TX_ACKNOWLEDGEMENT_TIMEOUT", "10m",
            "QUARKUS_HTTP_PORT", "0",
            "QUARKUS_MANAGEMENT_PORT", "0");

    /** A threshold of a pattern, one step stricter and one step looser than the default. */
    private record Step(String pattern, String option, String stricter, String looser) {}

    private static final List<Step> STEPS = List.of(
            new Step("small-then-large", "small-amount", "0.99", "1.01"),
            new Step("small-then-large", "large-amount", "500.01", "499.99"),
            new Step("small-then-large", "small-large-window", "59999ms", "60001ms"),
            new Step("many-transactions", "burst-count", "11", "9"),
            new Step("many-transactions", "burst-window", "59999ms", "60001ms"),
            new Step("unusual-amount", "mean-factor", "10.01", "9.99"),
            new Step("unusual-amount", "mean-min-count", "11", "9"),
            new Step("impossible-travel", "high-value", "250.01", "249.99"),
            new Step("impossible-travel", "max-speed-kmh", "901", "899"),
            new Step("impossible-travel", "travel-window", "3599999ms", "3600001ms"));

    private record Place(int partition, long offset) {}

    /** How many cases there are, how many of them were found, and how many alerts have no case. */
    private record Score(int cases, int found, int wrong) {
        double precision() {
            return (double) found / (found + wrong);
        }

        double recall() {
            return (double) found / cases;
        }
    }

    private static LocalKafka kafka;
    private static KafkaLog topics;
    private static PartitionedLog log;

    /** Of it the clients that play, all of whose transactions have labels. */
    private static PartitionedLog played;

    private static List<Alert> alone;
    private static final Map<Place, String> LABELS = new HashMap<>();

    @BeforeAll
    static void simulate(@TempDir Path data) throws Exception {
        kafka = SharedKafka.empty();
        topics = new KafkaLog(kafka.bootstrapServers());
        Process simulator = startSimulator(data);
        try {
            await().untilAsserted(() -> {
                assertThat(simulator.isAlive()).as("the simulator runs").isTrue();
                assertThat(written()).isEqualTo(TRANSACTIONS);
            });
            assertThat(cost(simulator.toHandle())).isLessThan(COST);
        } finally {
            simulator.destroy();
            simulator.waitFor();
        }
        log = new PartitionedLog(PARTITIONS);
        played = new PartitionedLog(PARTITIONS);
        List<ConsumerRecord<byte[], byte[]>> records = topics.committed("transactions");
        for (ConsumerRecord<byte[], byte[]> record : records) {
            var fetched = new Fetched(
                    record.topic(),
                    FetchedRecords.TOPIC_ID,
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    record.key(),
                    record.value(),
                    null);
            log.append(fetched);
            Header label = record.headers().lastHeader("scenario");
            if (label != null) {
                played.append(fetched);
                LABELS.put(new Place(record.partition(), record.offset()), new String(label.value(), UTF_8));
            }
        }
        log.close();
        played.close();
        alone = alerts(log, Map.of(), 1);
    }

    private static long written() throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.put(new TopicPartition("transactions", partition), OffsetSpec.latest());
        }
        return topics.admin().listOffsets(ends).all().get().values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }

    private static Duration cost(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static Process startSimulator(Path data) throws Exception {
        List<String> options = List.of("-Xmx128m", "-XX:+UseSerialGC");
        var builder = new ProcessBuilder(ServiceUnderTest.command(ServiceBuild.JVM, "transaction-simulator", options))
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("simulator.log").toFile());
        builder.environment().putAll(SIMULATION);
        builder.environment().put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        return builder.start();
    }

    @AfterAll
    static void stop() {
        topics.close();
    }

    private static JobConfig config(Map<String, String> options) {
        return JobConfig.of(
                FraudDetectionJob.NAME,
                Stream.concat(
                                Stream.of("--bootstrap-servers=" + kafka.bootstrapServers()),
                                options.entrySet().stream().map(o -> "--" + o.getKey() + '=' + o.getValue()))
                        .toArray(String[]::new));
    }

    private static List<Alert> alerts(PartitionedLog log, Map<String, String> options, int parallelism) {
        JobConfig config = config(options);
        var setup = new TopologyRun.Setup<Transaction>(
                (decoded, settings) ->
                        FraudDetectionTopology.build(decoded, settings, FraudDetectionJob.thresholds(config)),
                new TransactionDecoder(ZoneOffset.UTC),
                config.intake(),
                42);
        TopologyRun run = setup.start(log, parallelism).awaitEnd();
        assertThat(run.late()).isEmpty();
        assertThat(run.deadLetters()).isEmpty();
        assertThat(run.corrections()).isEmpty();
        return ReadOutputs.alerts(run.outputs());
    }

    private static Set<String> ids(List<Alert> alerts) {
        Set<String> ids = new HashSet<>();
        alerts.forEach(alert -> assertThat(ids.add(alert.id())).as(alert.id()).isTrue());
        return ids;
    }

    private static Map<String, Integer> scenarios(String kind) {
        Map<String, Integer> counts = new TreeMap<>();
        Set.copyOf(LABELS.values()).stream()
                .filter(label -> label.contains(kind))
                .forEach(label -> counts.merge(label.split("/")[0], 1, Integer::sum));
        return counts;
    }

    /** An alert finds a case when all of its transactions are of that one case of its own pattern. */
    private static Map<String, Score> score(List<Alert> alerts) {
        Map<String, Set<String>> found = new HashMap<>();
        Map<String, Integer> wrong = new HashMap<>();
        for (Alert alert : alerts) {
            Set<String> labels = new HashSet<>();
            alert.transactions().forEach(t -> labels.add(LABELS.get(new Place(t.partition(), t.offset()))));
            String label = labels.size() == 1 ? labels.iterator().next() : null;
            boolean right = label != null
                    && label.startsWith(alert.pattern() + "/case/")
                    && found.computeIfAbsent(alert.pattern(), p -> new HashSet<>())
                            .add(label);
            if (!right) {
                wrong.merge(alert.pattern(), 1, Integer::sum);
            }
        }
        Map<String, Score> scores = new TreeMap<>();
        scenarios("/case/")
                .forEach((pattern, cases) -> scores.put(
                        pattern,
                        new Score(
                                cases, found.getOrDefault(pattern, Set.of()).size(), wrong.getOrDefault(pattern, 0))));
        return scores;
    }

    private static String row(String pattern, String what, Score score) {
        return "| %s | %s | %d | %d | %d | %.3f | %.3f |"
                .formatted(
                        pattern, what, score.cases(), score.found(), score.wrong(), score.precision(), score.recall());
    }

    @Test
    void shouldFindEveryCaseAndNothingElseAndLoseByEveryStepOfAThreshold() {
        // Given
        List<String> table = new ArrayList<>();
        table.add("| pattern | thresholds | cases | found | wrong | precision | recall |");
        table.add("|---|---|---|---|---|---|---|");
        assertThat(scenarios("/near-miss/")).isEqualTo(scenarios("/case/"));

        // When
        Map<String, Score> scores = score(alone);
        scores.forEach((pattern, score) -> table.add(row(pattern, "as by default", score)));
        Map<Step, Score> stricter = moved(true);
        Map<Step, Score> looser = moved(false);
        for (Step step : STEPS) {
            String option = "--" + step.option() + ' ';
            table.add(row(step.pattern(), option + step.stricter(), stricter.get(step)));
            table.add(row(step.pattern(), option + step.looser(), looser.get(step)));
        }
        LOG.warn("Of {} transactions, {} in scenarios:\n{}", TRANSACTIONS, LABELS.size(), String.join("\n", table));

        // Then
        assertThat(scores).hasSize(4);
        scores.forEach((pattern, score) -> {
            assertThat(score.cases()).as(pattern).isGreaterThan(50);
            assertThat(score.recall()).as("recall of %s", pattern).isEqualTo(1);
            assertThat(score.precision()).as("precision of %s", pattern).isEqualTo(1);
        });
        stricter.forEach(
                (step, score) -> assertThat(score.recall()).as("%s", step).isLessThan(1));
        looser.forEach(
                (step, score) -> assertThat(score.precision()).as("%s", step).isLessThan(1));
    }

    /** Each threshold moved by one step; those of different patterns know nothing of each other and are moved in one run. */
    private static Map<Step, Score> moved(boolean stricter) {
        Map<Step, Score> scores = new LinkedHashMap<>();
        List<Step> left = new ArrayList<>(STEPS);
        while (!left.isEmpty()) {
            Map<String, Step> run = new HashMap<>();
            left.forEach(step -> run.putIfAbsent(step.pattern(), step));
            left.removeAll(run.values());
            Map<String, String> options = new HashMap<>();
            run.values().forEach(step -> options.put(step.option(), stricter ? step.stricter() : step.looser()));
            Map<String, Score> all = score(alerts(played, options, 1));
            run.forEach((pattern, step) -> scores.put(step, all.get(pattern)));
        }
        return scores;
    }

    @Test
    void shouldRaiseTheSameAlertsAtAnyParallelismAndOnTheBroker() throws Exception {
        // Given
        JobConfig config = config(Map.of("parallelism", "2"));
        String last = appendCase();

        // When
        List<Alert> three = alerts(log, Map.of(), 3);
        Duration before = cost(ProcessHandle.current());
        try (MiniFlink flink = MiniFlink.start()) {
            JobID job = flink.start(new FraudDetectionJob(), config);
            await().pollInterval(BETWEEN_LOOKS).until(() -> committedIds().contains(last));
            assertThat(cost(ProcessHandle.current()).minus(before)).isLessThan(COST);
            awaitCheckpoints(flink, job);
        }

        // Then
        List<String> expected = new ArrayList<>(ids(alone));
        expected.add(last);
        assertThat(ids(three)).isEqualTo(ids(alone));
        assertThat(committedIds()).containsExactlyInAnyOrderElementsOf(expected);
        for (ConsumerRecord<byte[], byte[]> alert : topics.committed("alerts")) {
            assertThat(ContractFiles.of("alert").violations(alert.value())).isEmpty();
        }
    }

    /** A case that is found when each partition has been read to its end; the id of its alert. */
    private static String appendCase() throws Exception {
        long first = topics.write("transactions", 0, null, payment("2024-02-01T00:00:00Z", "1"));
        topics.write("transactions", 0, null, payment("2024-02-01T00:00:20Z", "600"));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            topics.write("transactions", partition, null, "{\"ts\":\"2024-03-01T00:00:00Z\"}", Fetched.HEARTBEAT);
        }
        return "fraud-detection~small-then-large~last~transactions-0-" + first;
    }

    private static String payment(String time, String amount) {
        return "{\"client\":\"last\",\"ts\":\"%s\",\"amount\":%s}".formatted(time, amount);
    }

    private static List<String> committedIds() throws Exception {
        List<String> ids = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> alert : topics.committed("alerts")) {
            ids.add(JSON.readTree(alert.value()).path("id").asText());
        }
        return ids;
    }

    /** What a subtask said before one checkpoint is committed before the next has completed. */
    private static void awaitCheckpoints(MiniFlink flink, JobID job) {
        long before = flink.checkpoints(job).getNumberOfCompletedCheckpoints();
        await().until(() -> flink.checkpoints(job).getNumberOfCompletedCheckpoints() >= before + 3);
    }
}
