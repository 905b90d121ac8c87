// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.Books;
import dev.streampane.local.replay.Replay;
import dev.streampane.local.replay.ReplayReport;
import dev.streampane.local.replay.ReplayRequest;
import dev.streampane.local.stack.FlinkRest;
import dev.streampane.local.stack.Listener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run has published through a kill and two restarts under other settings is recomputed to the bit, in both modes. */
class ReplayIT {

    private static final WindowRule FIRST = WindowRule.tumbling(Duration.ofSeconds(5));
    private static final WindowRule STRICTER =
            FIRST.with(Duration.ofSeconds(2), Duration.ofSeconds(20));
    private static final WindowRule LAXER =
            FIRST.with(Duration.ofSeconds(9), Duration.ofMinutes(2));
    private static final String WINDOWS =
            "tumbling(5s);sliding(10s,5s);session(700ms);calendar(day,Europe/Berlin);all:tumbling(10s)";
    private static final String JOB = Feed.READINGS.job();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String RESULTS = "window-results";

    @TempDir Path data;

    @Test
    void shouldRecomputeToTheBitWhatFaultsAndRestartsHaveLeft() throws Exception {
        long seed = Seed.next();
        try (Up up =
                        Up.start(
                                data,
                                Up.freePortOffset(),
                                WINDOWS,
                                "--jobs",
                                JOB,
                                "--job-option",
                                "parallelism=2");
                Load readings = new Load(up.bootstrapServers(), Feed.READINGS, FIRST, seed)) {
            runThroughFaults(up, readings);

            for (boolean batch : new boolean[] {false, true}) {
                for (int parallelism : new int[] {1, 2, 4}) {
                    ReplayReport report = replay(up, whole(batch, parallelism));
                    assertThat(report.differences()).as("%s", report).isEmpty();
                    assertThat(report.equal()).isGreaterThan(500);
                    assertThat(report.outside()).isPositive();
                    assertThat(report.verdicts()).isGreaterThanOrEqualTo(report.records());
                }
            }
            checkAPartOfTheLog(up);
            checkThatDifferencesAreSeen(up);
            assertThat(replayTopics(up)).isEmpty();
        }
    }

    private static void runThroughFaults(Up up, Load readings) {
        readings.publish(Duration.ofSeconds(80));
        awaitRead(up);
        FlinkJob job = new FlinkJob(up, JOB);
        int restarts = job.restarts();
        readings.publish(Duration.ofSeconds(30));
        up.kill("taskmanager");
        readings.publish(Duration.ofSeconds(30));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> job.restarts() > restarts && job.isUp());
        awaitRead(up);

        up.command("jobs", "stop", JOB, "--savepoint");
        readings.follow(STRICTER);
        readings.publish(Duration.ofSeconds(40));
        start(up, "2s", "20s", "3");
        readings.publish(Duration.ofSeconds(40));
        awaitRead(up);

        up.command("jobs", "stop", JOB);
        readings.follow(LAXER);
        readings.publish(Duration.ofSeconds(30));
        start(up, "9s", "2m", "1");
        readings.publish(Duration.ofSeconds(30));
        awaitRead(up);
    }

    private static void start(Up up, String b, String l, String parallelism) {
        up.command(
                "jobs",
                "start",
                JOB,
                "--parallelism",
                parallelism,
                "--job-option",
                "out-of-orderness=" + b,
                "--job-option",
                "allowed-lateness=" + l);
    }

    private static void awaitRead(Up up) {
        await().atMost(PATIENCE)
                .until(() -> Books.check(up.bootstrapServers()).count("unaudited") == 0);
    }

    /** Windows that the range cuts are outside; those that it names are not. */
    private static void checkAPartOfTheLog(Up up) throws IOException {
        Instant from = Load.START.plusSeconds(60);
        Instant to = Load.START.plusSeconds(120);
        ReplayReport report =
                replay(
                        up,
                        new ReplayRequest(
                                JOB,
                                OptionalInt.empty(),
                                Optional.of(from),
                                Optional.of(to),
                                true,
                                2,
                                true,
                                false));
        assertThat(report.differences()).as("%s", report).isEmpty();
        assertThat(report.equal()).isGreaterThan(50);
        assertThat(report.outside()).isPositive();
        assertThat(report.records()).isLessThan(replay(up, whole(false, 2)).records());
    }

    /** A result that was tampered with is told by the field, and with exit code 1. */
    private static void checkThatDifferencesAreSeen(Up up) throws Exception {
        JsonNode result = lastRevisionOfAClosedWindow(up);
        ObjectNode tampered = result.deepCopy();
        tampered.put("rev", 1000).put("count", result.path("count").asLong() + 1);
        write(up, tampered);

        ReplayReport report = replay(up, whole(true, 1));

        assertThat(report.differences())
                .singleElement()
                .isEqualTo(
                        new ReplayReport.Difference(
                                result.path("id").asText(),
                                "count",
                                tampered.path("count").toString(),
                                result.path("count").toString()));
        assertThatThrownBy(() -> up.command("replay", JOB, "--compare"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("differences            1")
                .hasMessageContaining(result.path("id").asText() + " count: committed ");
    }

    private static JsonNode lastRevisionOfAClosedWindow(Up up) {
        Map<String, JsonNode> last = new TreeMap<>();
        TopicContent.committed(up.bootstrapServers(), RESULTS).stream()
                .map(record -> json(record.value()))
                .filter(row -> row.path("spec").asText().equals("tumbling(5s)"))
                .filter(row -> row.path("window").path("end").asText().contains(":01:"))
                .forEach(row -> last.put(row.path("id").asText(), row));
        return last.values().iterator().next();
    }

    private static void write(Up up, JsonNode row) throws InterruptedException, ExecutionException {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", up.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    RESULTS,
                                    row.path("key").asText().getBytes(StandardCharsets.UTF_8),
                                    row.toString().getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private static ReplayRequest whole(boolean batch, int parallelism) {
        return new ReplayRequest(
                JOB,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                batch,
                parallelism,
                true,
                false);
    }

    private static ReplayReport replay(Up up, ReplayRequest request) throws IOException {
        ReplayReport report =
                new Replay(
                                request,
                                up.bootstrapServers(),
                                new FlinkRest(up.url(Listener.FLINK)),
                                line -> {})
                        .run();
        System.out.printf(
                "replay, %s, parallelism %d: %,d records in %.1f s, %,d windows equal, %,d outside, %d different%n",
                report.mode(),
                report.parallelism(),
                report.records(),
                report.seconds(),
                report.equal(),
                report.outside(),
                report.different());
        return report;
    }

    private static List<String> replayTopics(Up up) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", up.bootstrapServers()))) {
            return admin.listTopics().names().get().stream()
                    .filter(topic -> topic.startsWith("replay-"))
                    .toList();
        }
    }

    private static JsonNode json(byte[] value) {
        try {
            return Outcome.JSON.readTree(value);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
