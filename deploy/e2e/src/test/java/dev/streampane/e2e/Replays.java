// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.replay.Replay;
import dev.streampane.local.replay.ReplayReport;
import dev.streampane.local.replay.ReplayRequest;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;

/** What a run has published through a kill and two restarts under other settings is recomputed to the bit, in both modes. */
final class Replays {

    private static final String JOB = Feed.READINGS.job();
    private static final String RESULTS = "window-results";

    private final Up up;
    private long records;

    Replays(LoadedStack stack) {
        this.up = stack.up();
    }

    /** In both modes, by fewer subtasks than the job had at first, and by more. */
    void ofTheWholeLog() throws IOException {
        for (boolean batch : new boolean[] {false, true}) {
            for (int parallelism : new int[] {1, 4}) {
                ReplayReport report = replay(up, whole(Optional.empty(), batch, parallelism));
                assertThat(report.differences()).as("%s", report).isEmpty();
                assertThat(report.equal()).isGreaterThan(500);
                assertThat(report.outside()).isPositive();
                assertThat(report.verdicts()).isGreaterThanOrEqualTo(report.records());
                records = report.records();
            }
        }
        assertThat(replayTopics(up)).isEmpty();
        assertThat(Files.readString(up.stateFolder().resolveSibling("flink/jobmanager.log")))
                .as("clients that outlive their job's class loader")
                .doesNotContain("java.lang.NoClassDefFoundError");
    }

    /** Windows that the range cuts are outside; those that it names are not. */
    void ofAPartOfTheLog() throws IOException {
        Instant from = Load.START.plusSeconds(60);
        Instant to = Load.START.plusSeconds(120);
        ReplayReport report = replay(
                up, new ReplayRequest(JOB, Optional.empty(), Optional.of(from), Optional.of(to), true, 2, true, false));
        assertThat(report.differences()).as("%s", report).isEmpty();
        assertThat(report.equal()).isGreaterThan(50);
        assertThat(report.outside()).isPositive();
        assertThat(report.records()).isLessThan(records);
    }

    /** A replay of which Flink does not tell how it gets on is cancelled. */
    void ofWhichFlinkDoesNotTell() throws IOException {
        try (CutProxy network = new CutProxy(up.url(StackPort.FLINK))) {
            network.cutBehind(request -> request.contains("/jobs/overview"));
            FlinkRest cut = new FlinkRest(network.url());
            assertThatThrownBy(() -> replay(up, cut, whole(Optional.empty(), false, 1)))
                    .isInstanceOf(IOException.class);
        }
        await().untilAsserted(() -> assertThat(new FlinkRest(up.url(StackPort.FLINK)).jobs())
                .filteredOn(job -> job.name().equals("replay of " + JOB))
                .extracting(FlinkRest.Job::state)
                .containsOnlyOnce("CANCELED")
                .containsOnly("CANCELED", "FINISHED"));
        assertThat(replayTopics(up)).isEmpty();
    }

    /** A result of a generation, and what somebody wrote after it. */
    record Tampered(int generation, JsonNode result, JsonNode written) {}

    /** Writes a result of the newest generation once more, with another count. */
    Tampered tamperWith(int generation) {
        JsonNode result = lastRevisionOfAClosedWindow(up, generation);
        ObjectNode tampered = result.deepCopy();
        tampered.put("rev", 1000).put("count", result.path("count").asLong() + 1);
        up.append(RESULTS, tampered.path("key").asText(), tampered.toString());
        return new Tampered(generation, result, tampered);
    }

    /** It is told by the field, and with exit code 1. */
    void ofALogThatWasTamperedWith(Tampered tampered) throws IOException {
        int generation = tampered.generation();
        JsonNode result = tampered.result();
        // both look for their patience whether the difference passes; in batch mode one could take every free slot
        CompletableFuture<Throwable> command = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> up.command("replay", JOB, "--compare", "--generation", "" + generation)));
        ReplayReport report = replay(up, whole(Optional.of(generation), false, 1));

        assertThat(report.differences())
                .singleElement()
                .isEqualTo(new ReplayReport.Difference(
                        result.path("id").asText(),
                        "count",
                        tampered.written().path("count").toString(),
                        result.path("count").toString()));
        assertThat(command.join())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("differences            1")
                .hasMessageContaining(result.path("id").asText() + " count: committed ");
        assertThat(replayTopics(up)).isEmpty();
    }

    private static JsonNode lastRevisionOfAClosedWindow(Up up, int generation) {
        Map<String, JsonNode> last = new TreeMap<>();
        TopicRecords.all(up.bootstrapServers(), RESULTS, "read_committed").stream()
                .map(record -> Outcome.json(record.value()))
                .filter(row -> row.path("job").asText().equals(JOB))
                .filter(row -> row.path("spec").asText().equals(LoadedStack.RULE.spec()))
                .filter(row -> row.path("generation").asInt() == generation)
                .filter(row -> row.path("window").path("end").asText().contains(":01:"))
                .forEach(row -> last.put(row.path("id").asText(), row));
        return last.values().stream()
                .filter(row -> !row.path("status").asText().equals("RETRACTED"))
                .findFirst()
                .orElseThrow();
    }

    private static ReplayRequest whole(Optional<Integer> generation, boolean batch, int parallelism) {
        return new ReplayRequest(JOB, generation, Optional.empty(), Optional.empty(), batch, parallelism, true, false);
    }

    private static ReplayReport replay(Up up, ReplayRequest request) throws IOException {
        return replay(up, new FlinkRest(up.url(StackPort.FLINK)), request);
    }

    private static ReplayReport replay(Up up, FlinkRest flink, ReplayRequest request) throws IOException {
        ReplayReport report = new Replay(request, up.bootstrapServers(), flink, line -> {}, System.err::println).run();
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

    private static List<String> replayTopics(Up up) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", up.bootstrapServers()))) {
            return admin.listTopics().names().toCompletionStage().toCompletableFuture().join().stream()
                    .filter(topic -> topic.startsWith("replay-"))
                    .toList();
        }
    }
}
