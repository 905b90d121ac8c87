// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.audit.AuditReport;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.Http;
import dev.streampane.local.stack.StackSettings;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.NewestState;
import dev.streampane.local.state.Transactions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Jobs that are stopped, started, changed and superseded by commands while the stack runs, held against the oracle. */
final class JobCommands {

    private static final WindowRule FIRST = LoadedStack.RULE;
    private static final WindowRule STRICTER = FIRST.with(Duration.ofSeconds(2), Duration.ofSeconds(20));
    private static final WindowRule LAXER = FIRST.with(Duration.ofSeconds(9), Duration.ofMinutes(2));
    private static final String WEATHER = Feed.READINGS.job();
    private static final String TOTAL = Feed.TRANSACTIONS.job();

    /** Checkpoints after which those that a job owns are gone. */
    private static final int NEWER = 4;

    private final LoadedStack stack;
    private final Up up;
    private final Load readings;
    private final Load transactions;
    private Path keptByStop;

    JobCommands(LoadedStack stack) {
        this.stack = stack;
        this.up = stack.up();
        this.readings = stack.readings();
        this.transactions = stack.transactions();
    }

    /** Stops with a savepoint, and goes on with a smaller B and L and more subtasks. */
    void goOnStricter() {
        readings.publish(Duration.ofSeconds(80));
        stack.awaitRead();
        String stopped = up.command("jobs", "stop", WEATHER, "--savepoint");
        stack.change(Feed.READINGS, STRICTER);
        readings.follow(STRICTER);
        readings.publish(Duration.ofSeconds(40));
        assertThat(up.command("jobs", "list"))
                .containsPattern(WEATHER + " +STOPPED, generation 1")
                .containsPattern(TOTAL + " +RUNNING, generation 1");
        assertThat(up.command("jobs", "savepoints", WEATHER)).contains("kept, newest");
        up.command(
                "jobs",
                "start",
                WEATHER,
                "--parallelism",
                "3",
                "--job-option",
                "out-of-orderness=2s",
                "--job-option",
                "allowed-lateness=20s");
        assertThat(subtasks(WEATHER)).isEqualTo(3);
        readings.publish(Duration.ofSeconds(40));
        keptByStop = savepoint(stopped);
    }

    void rescaleUnderLoad() {
        transactions.publish(Duration.ofSeconds(60));
        up.command("jobs", "rescale", TOTAL, "4");
        transactions.publish(Duration.ofSeconds(60));
        up.command("jobs", "rescale", TOTAL, "1");
        transactions.publish(Duration.ofSeconds(60));
        assertThat(subtasks(TOTAL)).isEqualTo(1);
    }

    /** Stops without a savepoint, and goes on with a larger B and L: nothing is opened again. */
    void goOnLaxer() {
        stack.awaitRead();
        up.command("jobs", "stop", WEATHER);
        assertThat(Transactions.list(up.bootstrapServers()))
                .extracting(JobTransaction::job)
                .doesNotContain(WEATHER);
        stack.change(Feed.READINGS, LAXER);
        readings.publish(Duration.ofSeconds(40)); // still late by the stricter rule
        readings.follow(LAXER);
        up.command(
                "jobs",
                "start",
                WEATHER,
                "--parallelism",
                "1",
                "--job-option",
                "out-of-orderness=9s",
                "--job-option",
                "allowed-lateness=2m");
        assertThat(keptByStop).as("the savepoint that was asked for").exists();
        readings.publish(Duration.ofSeconds(40));
    }

    /** A new JobManager gets the jobs as they were started last, and not what was stopped. */
    void superviseWhatCommandsHaveLeft() {
        up.command("jobs", "stop", TOTAL);
        up.kill("jobmanager");
        await().until(() -> runsWith(1));
        readings.publish(Duration.ofSeconds(20));
        assertThat(up.command("jobs", "list")).containsPattern(TOTAL + " +STOPPED");
        up.command("jobs", "start", TOTAL);
        assertThat(up.printed()).contains("submitted again, generation 1, on from checkpoint");
    }

    /**
     * A savepoint takes longer than the command waits, because the broker does not answer. When it comes, the job ends, and is submitted
     * again as it was.
     */
    void rescaleThatIsGivenUp() throws IOException {
        up.command("jobs", "stop", TOTAL);
        up.command(
                "jobs",
                "start",
                TOTAL,
                "--job-option",
                "checkpoint-timeout=5m",
                "--job-option",
                "kafka.max.block.ms=120000");
        FlinkJob job = new FlinkJob(up, TOTAL);
        String before = job.id();
        transactions.publish(Duration.ofSeconds(20));

        assertThat(rescaleWhileTheBrokerIsSilent()).contains(TOTAL + " has not stopped after 60 s");

        await().ignoreExceptions().until(() -> !job.id().equals(before) && job.isUp());
        assertThat(job.parallelism()).isEqualTo(1);
        assertThat(job.restored().path("external_path").asText()).contains("/savepoint-");
        assertThat(new Rest(up.url(StackPort.FLINK))
                        .get("/jobs/" + before)
                        .path("state")
                        .asText())
                .isEqualTo("FINISHED");
    }

    /** What the command says. The TaskManager is silent, too, until the command stops the job: shorter than Flink takes it for dead. */
    private String rescaleWhileTheBrokerIsSilent() throws IOException {
        try {
            BufferedReader said;
            up.signal("taskmanager", "STOP");
            try {
                said = up.begin("jobs", "rescale", TOTAL, "2", "--json").inputReader();
                assertThat(said.readLine()).contains("\"begin\"", "stop " + TOTAL);
                up.signal("kafka", "STOP");
            } finally {
                up.signal("taskmanager", "CONT");
            }
            return said.lines().collect(Collectors.joining("\n"));
        } finally {
            up.signal("kafka", "CONT");
        }
    }

    private boolean runsWith(int subtasks) {
        FlinkJob job = new FlinkJob(up, WEATHER);
        try {
            return !job.id().isEmpty() && job.isUp() && subtasks(WEATHER) == subtasks;
        } catch (RuntimeException notYet) {
            return false;
        }
    }

    /** A savepoint that newer checkpoints have followed is the start of a new generation, and stays when that one has newer state, too. */
    void startFromAnOlderSavepoint() {
        Path savepoint = savepoint(up.command("jobs", "stop", TOTAL, "--savepoint"));
        long kept = NewestState.read(savepoint).orElseThrow().checkpointId();
        up.command("jobs", "start", TOTAL);
        awaitCheckpoint(1, kept + NEWER);
        up.command("jobs", "stop", TOTAL);

        String started = up.command("jobs", "start", TOTAL, "--from", "savepoint", savepoint.toString());

        assertThat(started).contains("generation 2, from checkpoint " + kept + " of " + savepoint);
        assertThat(new FlinkJob(up, TOTAL).restored().path("external_path").asText())
                .endsWith(savepoint.toString());
        awaitCheckpoint(2, kept + NEWER);
        assertThat(NewestState.read(savepoint))
                .as("what the generation began with")
                .isPresent();
        assertThat(up.command("jobs", "list")).containsPattern(TOTAL + " +RUNNING, generation 2");
    }

    /** Publishes meanwhile: what is output is committed at once, and all else each five seconds. */
    private void awaitCheckpoint(int generation, long id) {
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            transactions.publish(Duration.ofSeconds(10));
            return NewestState.id(up.stateFolder(), TOTAL, generation) >= id;
        });
    }

    private static Path savepoint(String stopped) {
        return stopped.lines()
                .map(String::strip)
                .filter(line -> line.contains("; savepoint "))
                .map(line -> Path.of(line.substring(line.indexOf("; savepoint ") + 12)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(stopped));
    }

    /** A generation that takes no late records makes fewer windows; those that it does not make are retracted. */
    void supersede(Outcome before) {
        startAnew("--job-option", "out-of-orderness=0s", "--job-option", "allowed-lateness=0s");
        Set<String> expected = new TreeSet<>(ids(before.oracle()));
        Oracle impatient = new Oracle(FIRST.with(Duration.ZERO, Duration.ZERO));
        TopicRecords.all(up.bootstrapServers(), Feed.READINGS.topic(), "read_uncommitted")
                .forEach(record -> impatient.read(Feed.READINGS, record));
        expected.removeAll(ids(impatient));
        assertThat(expected).isNotEmpty();

        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            readings.beat();
            return up.events().stream()
                    .filter(e -> e.path("event").asText().equals("superseded"))
                    .anyMatch(e -> e.path("subject").asText().equals(WEATHER));
        });

        assertThat(up.command("jobs", "supersede", WEATHER)).contains(", 0 of them retracted now");
        Map<String, JsonNode> rows = new HashMap<>();
        TopicRecords.all(up.bootstrapServers(), "window-results", "read_committed").stream()
                .map(record -> Outcome.json(record.value()))
                .filter(row -> row.path("job").asText().equals(WEATHER))
                .filter(row -> row.path("spec").asText().equals(FIRST.spec()))
                .filter(row -> row.path("generation").asInt() == 2)
                .filter(row -> row.path("status").asText().equals("RETRACTED"))
                .forEach(row -> assertThat(rows.put(row.path("id").asText(), row))
                        .as("retracted once")
                        .isNull());
        assertThat(rows.keySet()).isEqualTo(expected);
        assertThat(rows.values()).allSatisfy(row -> {
            assertThat(row.path("cause").asText()).isEqualTo("superseded");
            assertThat(row.path("complete").asBoolean()).isTrue();
            assertThat(row.path("rev").asInt()).isEqualTo(1);
            assertThat(row.path("count").asInt()).isZero();
        });
        AuditReport report = AuditCheck.check(Topics.client(up.bootstrapServers()));
        assertThat(report.findings()).isEmpty();
    }

    /**
     * index-results ends beside an Elasticsearch that has lost all, also from the state that it had, until it is started anew. Each end is
     * reported, and the job is not submitted again, although it has run until it wrote a result.
     */
    void refillElasticsearch() {
        List<String> submitted = ofIndexResults("resubmit");
        String lost = "Elasticsearch has lost documents: ";
        String remedy = "'streampane jobs start index-results --from earliest'";
        assertThat(lossAfter(this::deleteIndices)).contains(lost, remedy);
        assertThat(lossAfter(() -> up.command("jobs", "start", StackSettings.INDEX)))
                .contains(lost, remedy);
        assertThat(ofIndexResults("resubmit")).isEqualTo(submitted);
        deleteIndices();
        delete("/_index_template/window-*");
        up.command("jobs", "start", StackSettings.INDEX, "--from", "earliest");
        await().untilAsserted(() ->
                assertThat(up.command("audit", "--index")).contains("index equals the log\n", " window ends balanced"));
    }

    private void deleteIndices() {
        URI indices = up.url(StackPort.ELASTICSEARCH).resolve("/_cat/indices/window-*?format=json");
        try {
            Http.get(indices).forEach(lost -> delete("/" + lost.path("index").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(String path) {
        URI lost = up.url(StackPort.ELASTICSEARCH).resolve(path);
        try {
            Http.send(HttpRequest.newBuilder(lost).DELETE(), Http.PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Why index-results ends: at a result that it writes, or at the first that it reads, which may be before its start is told. */
    private String lossAfter(Runnable start) {
        int before = ofIndexResults("job-lost").size();
        try {
            start.run();
        } catch (AssertionError endedAtOnce) {
            return endedAtOnce.getMessage().split("\nup: ")[0];
        }
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            transactions.publish(Duration.ofSeconds(10));
            return ofIndexResults("job-lost").size() > before;
        });
        return ofIndexResults("job-lost").get(before);
    }

    private List<String> ofIndexResults(String event) {
        return up.events().stream()
                .filter(e -> e.path("event").asText().equals(event))
                .filter(e -> e.path("subject").asText().equals(StackSettings.INDEX))
                .map(e -> e.path("text").asText())
                .toList();
    }

    /** The next generation, from the beginning of the log. */
    void startAnew(String... options) {
        up.command("jobs", "stop", WEATHER);
        List<String> command = new ArrayList<>(List.of("jobs", "start", WEATHER));
        command.addAll(List.of("--from", "earliest", "--parallelism", "2"));
        command.addAll(List.of(options));
        up.command(command.toArray(String[]::new));
    }

    private static Set<String> ids(Oracle oracle) {
        return oracle.windows().keySet().stream()
                .filter(id -> id.startsWith(WEATHER + "~"))
                .collect(Collectors.toSet());
    }

    private int subtasks(String job) {
        return new FlinkJob(up, job).parallelism();
    }
}
