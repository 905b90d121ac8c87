// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Json;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.timeseries.GatedS3;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.ZKUtil;
import org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.ZooKeeper;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as an application whose JobManager is killed, as on Kubernetes: ZooKeeper knows the leader and the job, state is on S3. */
@Tag("campaign")
class HighAvailabilityIT {

    /** The main class of Flink's application mode: it runs one job and ends with it, and recovers the job. */
    private static final String APPLICATION =
            "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";

    /** Longer than the entry point of a first start waits for brokers. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final int PARTITIONS = 2;
    private static final String JOB = "transaction-total";
    private static final Instant BEGIN = Instant.parse("2024-05-12T00:00:00Z");

    @TempDir
    private static Path data;

    private static HighAvailability zooKeeper;
    private static GatedS3 s3;
    private static LocalKafka kafka;
    private static KafkaLog log;
    private static int generation;

    private LocalFlink flink;
    private FlinkRest rest;
    private int minute;
    private Duration transactionTimeout = Duration.ofDays(1);
    private Duration checkpointTimeout = Duration.ofSeconds(10);
    private final List<String> expected = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        zooKeeper = HighAvailability.start(data.resolve("zookeeper"));
        s3 = GatedS3.start("streampane");
        kafka = LocalKafka.start(data.resolve("kafka"));
        log = new KafkaLog(kafka.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        kafka.close();
        s3.close();
        zooKeeper.close();
    }

    @BeforeEach
    void createInput() throws Exception {
        generation++;
        log.create(input(), PARTITIONS);
    }

    @AfterEach
    void end() {
        flink.close();
    }

    /**
     * Where its run cannot be written down, and while the brokers say nothing. A failover takes no settings, for it goes on with the plan that is
     * kept; an upgrade from last-state drops that.
     */
    @Test
    void shouldGoOnAfterItsJobManagerWasKilled() throws Exception {
        begin("first", Map.of());
        writeUntilAResult();
        String id = job();

        killJobManager();
        launch("--job-runs-topic=no-such-runs");
        writeUntilAResult();
        assertThat(job()).isEqualTo(id);

        signal(kafka.process(), "STOP");
        try {
            killJobManager();
            launch("--zone=Europe/Berlin");
            Process again = flink.jobManager();
            await().during(SILENCE).until(again::isAlive);
        } finally {
            signal(kafka.process(), "CONT");
        }
        writeUntilAResult();
        assertThat(job()).isEqualTo(id);

        killJobManager();
        var client = new ZooKeeper(zooKeeper.quorum(), 6_000, event -> {});
        ZKUtil.deleteRecursive(client, "/flink/first/execution-plans");
        client.close();
        launch("--zone=Europe/Paris");
        await().untilAsserted(() -> assertThat(zones()).containsExactly(List.of(), List.of("Europe/Paris")));
    }

    /** From which nobody could start again: it is older than {@code --transaction-timeout}. */
    @Test
    void shouldGoOnWhereItWasThoughItWasStartedFromASavepointThatIsOldByNow() throws Exception {
        long begun = System.nanoTime();
        begin("before", Map.of());
        writeUntilAResult();
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        String savepoint = stopWithSavepoint();
        Instant stopped = Instant.now();
        flink.close();
        // the savepoint is old after it, and not before the first start has read it, on a slow machine either
        transactionTimeout = Duration.ofSeconds(Math.max(20, 2 * seconds));
        log.create("runs-after", 1); // of no run with a longer timeout
        String runs = "--job-runs-topic=runs-after";
        begin("after", Map.of("execution.state-recovery.path", savepoint), runs);
        writeUntilAResult();
        String id = job();
        await().until(() -> stopped.plus(transactionTimeout).isBefore(Instant.now()));

        killJobManager();
        launch(runs);

        writeUntilAResult();
        assertThat(job()).isEqualTo(id);
    }

    /** Its end has taken what high availability kept of it; its id and its checkpoints are the same. */
    @Test
    void shouldContinueFromItsNewestStateOnlyAfterItWasCancelled() throws Exception {
        begin("cancelled", Map.of());
        writeUntilAResult();
        rest.cancel(job());
        await().until(() -> !flink.jobManager().isAlive());

        launch();
        await().until(() -> !flink.jobManager().isAlive());
        flink.close();
        Matcher newest = Pattern.compile(
                        "--generation: '\\d+' is not allowed with state none; allowed is the newest state of that generation \\(checkpoint (\\d+), of job (\\w+)\\)")
                .matcher(Files.readString(data.resolve("cancelled/jobmanager.log")));
        assertThat(newest.find()).isTrue();

        String checkpoint =
                "s3://streampane/state/%s/%d/%s/chk-%s".formatted(JOB, generation, newest.group(2), newest.group(1));
        begin("cancelled", Map.of("execution.state-recovery.path", checkpoint));
        writeUntilAResult();
    }

    /** What a checkpoint has promised is aborted before it is committed: the tasks hear nothing of the checkpoint, as they stand still. */
    @Test
    void shouldFailForGoodWhenAFailoverFindsWhatWasPromisedAborted() throws Exception {
        checkpointTimeout = Duration.ofMinutes(5); // there is but one
        begin("lost", Map.of("heartbeat.timeout", "5min"), "--checkpoint-interval=1h");
        await().ignoreExceptions().until(() -> rest.jobs().get(0).isUp());
        URI checkpoints = rest.url().resolve("/jobs/" + job() + "/checkpoints");
        writeAWindow();
        await().until(() -> !open().isEmpty());
        GatedS3.Stop completion = s3.stopAt(line -> line.matches("PUT .*/_metadata.*"));
        Http.post(checkpoints, "{}");
        await().until(completion::isReached);
        signal(flink.taskManager(), "STOP");
        completion.open();
        await().until(() -> Http.get(checkpoints).at("/counts/completed").asInt() == 1);
        List<String> promised = open();

        flink.kill();
        log.admin().fenceProducers(promised).all().get();
        launch();
        flink.launchTaskManager();

        await().until(() -> !flink.jobManager().isAlive());
        assertThat(Files.readString(data.resolve("lost/jobmanager.log")))
                .contains("Lost: the results, late records, dead letters and audit lines")
                .containsAnyOf(promised.toArray(String[]::new))
                .contains(JOB + " --generation " + (generation + 1) + " --start-from earliest");
    }

    private static List<String> open() throws Exception {
        return log.transactions(JOB + "-" + generation + "-").stream()
                .filter(listing -> listing.state() == TransactionState.ONGOING)
                .map(TransactionListing::transactionalId)
                .toList();
    }

    private void begin(String cluster, Map<String, String> more, String... arguments) throws IOException {
        Map<String, String> settings = new HashMap<>(more);
        settings.putAll(zooKeeper.settings(cluster, "s3://streampane/ha"));
        settings.put("s3.endpoint", s3.endpoint());
        settings.put("s3.path.style.access", "true");
        flink = new LocalFlink(data.resolve(cluster), LocalFlink.Ports.free(), LocalFlink.Size.USUAL, settings);
        rest = new FlinkRest(flink.restUrl());
        launch(arguments);
        flink.launchTaskManager();
    }

    private void launch(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--jars",
                Checkout.jobJar().toAbsolutePath().toString(),
                "--job-classname",
                FlinkRest.MAIN,
                JOB,
                "--bootstrap-servers=" + log.servers(),
                "--state-dir=s3://streampane/state",
                "--input-topic=" + input(),
                "--generation=" + generation,
                "--checkpoint-timeout=" + checkpointTimeout.toSeconds() + "s",
                "--transaction-timeout=" + transactionTimeout.toSeconds() + "s"));
        arguments.addAll(List.of(more));
        flink.launchJobManager(APPLICATION, arguments);
    }

    private void killJobManager() throws InterruptedException {
        flink.jobManager().destroyForcibly().waitFor();
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    /** Writes payments into a window and into the one after next, which closes the first, and waits for its result. */
    private void writeUntilAResult() throws Exception {
        writeAWindow();
        minute += 2;
        expected.add(BEGIN.plus(Duration.ofMinutes(minute - 2)) + " " + (expected.isEmpty() ? 1 : 2) * PARTITIONS);
        await().untilAsserted(() -> assertThat(results()).containsExactlyInAnyOrderElementsOf(expected));
    }

    private void writeAWindow() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            write(partition, minute);
            write(partition, minute + 2);
        }
    }

    private void write(int partition, int at) throws Exception {
        Instant time = BEGIN.plus(Duration.ofMinutes(at));
        log.write(input(), partition, "3", "{\"client\":3,\"amount\":1,\"ts\":\"" + time + "\"}");
    }

    /** Start and number of payments of each result of this generation. */
    private static List<String> results() {
        return log.committed("window-results").stream()
                .map(record -> Json.read(record.value()))
                .filter(result -> result.get("generation").asInt() == generation)
                .map(result -> result.at("/window/start").asText() + " " + result.get("count"))
                .toList();
    }

    /** The zones of the changes in each record of this generation. */
    private static List<List<String>> zones() {
        return log.committedValues("job-runs").stream()
                .map(run -> Json.read(run.getBytes(UTF_8)))
                .filter(run -> run.get("generation").asInt() == generation)
                .map(run -> run.path("changes").findValuesAsText("zone"))
                .toList();
    }

    /** The one job of the cluster. */
    private String job() throws IOException {
        assertThat(rest.jobs()).hasSize(1).allMatch(job -> !job.isOver());
        return rest.jobs().get(0).id();
    }

    private String stopWithSavepoint() throws IOException {
        String id = job();
        String request = rest.stop(id, "s3://streampane/state/" + JOB + "/" + generation);
        AtomicReference<String> savepoint = new AtomicReference<>();
        await().until(() -> {
            rest.stopped(id, request).ifPresent(savepoint::set);
            return savepoint.get() != null;
        });
        return savepoint.get();
    }

    private static String input() {
        return "payments-" + generation;
    }
}
