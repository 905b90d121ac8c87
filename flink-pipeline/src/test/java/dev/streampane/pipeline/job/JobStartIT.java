// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.state.TestCheckpoint;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.kafka.KafkaSources;
import dev.streampane.pipeline.weather.ReadingDecoder;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is checked before a job starts, on a broker whose transactions may take 15 min, as is Kafka's default. */
class JobStartIT {

    private static final String FIFTEEN_MINUTES = "--transaction-timeout=15m";
    private static final String JOB_ID = "0123456789abcdef0123456789abcdef";

    private static final PriorState NONE =
            PriorState.of(new StreamExecutionEnvironment(new Configuration()), Optional.empty());

    private static final AtomicInteger GENERATIONS = new AtomicInteger(20);

    private static final String NOBODY = "127.0.0.1:" + FreePorts.next();

    private static LocalKafka kafka;
    private static KafkaLog log;
    private static HighAvailability zooKeeper;
    private static CompletableFuture<Throwable> unanswered;

    /** Of weather-average: above those of the tests before, and of other jobs. */
    private final int generation = GENERATIONS.incrementAndGet();

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        // takes ten seconds
        unanswered = CompletableFuture.supplyAsync(() -> refusal(config("--bootstrap-servers=" + NOBODY)));
        kafka = LocalKafka.start(
                data,
                Map.of(
                        "transaction.max.timeout.ms",
                        "900000",
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
        zooKeeper = HighAvailability.start(data.resolve("zookeeper"));
        log = new KafkaLog(kafka.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        log.close();
        kafka.close();
        zooKeeper.close();
    }

    @Test
    void shouldStartWhenAllIsThere() {
        assertThatCode(() -> check(config(FIFTEEN_MINUTES))).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseTransactionTimeoutThatTheBrokersDoNotGrant() {
        assertRefused(
                config(),
                "--transaction-timeout: '604800000ms' is not allowed; allowed is at most transaction.max.timeout.ms of the brokers, which is 900000ms");
    }

    @Test
    void shouldRefuseTopicsThatDoNotExist() {
        for (String option : List.of("input-topic", "late-topic", "job-runs-topic")) {
            assertRefused(
                    config(FIFTEEN_MINUTES, "--" + option + "=nowhere"),
                    "--" + option + ": 'nowhere' is not allowed; allowed is a topic that exists at ");
        }
    }

    /** Which a start reads, and writes to. */
    @Test
    void shouldRefuseATopicOfRunsThatTheUserMayOnlyDescribe() throws Exception {
        for (AclOperation denied : List.of(AclOperation.READ, AclOperation.WRITE)) {
            String topic = "runs-not-to-" + denied.name().toLowerCase(Locale.ROOT);
            log.create(topic, 1);
            var runs = new JobRuns(topic, config().kafka());
            var generation = new AtomicInteger();
            runs.take(run("runs", generation.incrementAndGet(), "a"), NONE, Optional.empty());
            deny(denied, topic);

            await("brokers that know it").untilAsserted(() -> assertThatThrownBy(() -> runs.take(
                            run("runs", generation.incrementAndGet(), "b" + generation), NONE, Optional.empty()))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessageStartingWith(
                            "--job-runs-topic: '%s' is not allowed; allowed is a topic that the job's user at "
                                    .formatted(topic)));
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, log.servers()));
    }

    private static void deny(AclOperation operation, String topic) throws Exception {
        var resource = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        var denied = new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY);
        var others = new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW);
        try (Admin admin = admin()) {
            admin.createAcls(List.of(new AclBinding(resource, denied), new AclBinding(resource, others)))
                    .all()
                    .get();
        }
    }

    @Test
    void shouldRefuseAPreviewsTopicThatDoesNotExistWhereThereArePreviews() {
        assertRefused(
                config(FIFTEEN_MINUTES, "--preview=1s", "--previews-topic=nowhere"),
                "--previews-topic: 'nowhere' is not allowed; allowed is a topic that exists at ");
        assertThatCode(() -> check(config(FIFTEEN_MINUTES, "--preview=1s"))).doesNotThrowAnyException();
        assertThatCode(() -> check(config(FIFTEEN_MINUTES, "--previews-topic=nowhere")))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseTopicsThatDoNotTakeWhatIsPassedOn() throws Exception {
        log.create("small", 1, Map.of());

        for (String option : List.of("late-topic", "dead-letters-topic")) {
            assertRefused(
                    config(FIFTEEN_MINUTES, "--" + option + "=small"),
                    "--"
                            + option
                            + ": 'small' is not allowed; allowed is a topic whose max.message.bytes is at least 2162688, for inputs that are passed on (it is 1048588)");
        }
    }

    @Test
    void shouldRefuseBrokersThatDoNotAnswer() throws Exception {
        assertRefusal(outcome(unanswered), "--bootstrap-servers: '" + NOBODY + "' cannot be used (TimeoutException: ");
    }

    @Test
    void shouldStartWhenOneOfTheBrokersIsAway() {
        String one = "127.0.0.1:" + FreePorts.next() + "," + log.servers();

        assertThatCode(() -> check(config(FIFTEEN_MINUTES, "--bootstrap-servers=" + one)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldReadWithASubtaskPerPartitionAtMost() throws Exception {
        log.create("narrow", 1, Map.of());

        assertThat(sourceParallelism(config("--parallelism=3"))).isEqualTo(3);
        assertThat(sourceParallelism(config("--parallelism=8"))).isEqualTo(4);
        assertThat(sourceParallelism(config("--input-topic=narrow"))).isEqualTo(1);
    }

    @Test
    void shouldSeeWhetherATopicCanTellTimesInTheFuture() throws Exception {
        log.create("created", 1, Map.of());

        try (Brokers brokers = Brokers.connect(config().kafka())) {
            assertThat(brokers.hasAppendTime("device-readings")).contains(true);
            assertThat(brokers.hasAppendTime("created")).contains(false);
        }
    }

    @Test
    void shouldPrintPlanAndStartNothing() throws Exception {
        var out = new ByteArrayOutputStream();

        JobCatalog.run(
                new String[] {"transaction-total", "--bootstrap-servers=" + log.servers(), "--generation=9", "--dry-run"
                },
                new PrintStream(out, true, UTF_8));

        assertThat(out.toString(UTF_8))
                .contains("generation=9")
                .contains("windows=tumbling(1m)")
                .contains("kafka-source")
                .contains("kafka-sink");
        assertThat(used("transaction-total")).isEmpty();
    }

    @Test
    void shouldMakeItsStateDirectory(@TempDir Path directory) throws Exception {
        Path state = directory.resolve("not yet/zustände");

        check(config(FIFTEEN_MINUTES, "--state-dir=" + state));

        assertThat(state.resolve("weather-average/1")).isDirectory();
    }

    @Test
    void shouldRefuseStateDirectoriesThatCannotBe(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        for (String place : List.of(file.toString(), "/proc/streampane", "/proc/1", "nowhere://x/y")) {
            assertThatThrownBy(() -> check(config(FIFTEEN_MINUTES, "--state-dir=" + place)))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessageStartingWith("--state-dir: '")
                    .hasMessageContaining("is not allowed; allowed is a directory that can be written (");
            assertThatThrownBy(() -> check(JobConfig.of(
                            "time-series-archive", "--bootstrap-servers=" + log.servers(), "--archive-dir=" + place)))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessageStartingWith("--archive-dir: '");
        }
    }

    @Test
    void shouldTakeANewGenerationOnce() {
        JobRuns runs = new JobRuns("job-runs", config().kafka());
        runs.take(run("take", 3, "a"), NONE, Optional.empty());

        assertThat(used("take")).containsExactly(Map.entry(3, "a"));
        for (int used : new int[] {1, 2, 3}) {
            assertThatThrownBy(() -> runs.take(run("take", used, "b"), NONE, Optional.empty()))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessage("--generation: '"
                            + used
                            + "' is not allowed; allowed is a number above 3, the last that topic job-runs has of take"
                            + (used == 3 ? ", or a start from state" : ""));
        }
        runs.take(run("take", 3, "a"), NONE, Optional.empty());
        runs.take(run("take", 4, "b"), NONE, Optional.empty());

        assertThat(used("take")).containsExactly(Map.entry(3, "a"), Map.entry(4, "b"));
        assertThat(used("tak")).isEmpty();
    }

    @Test
    void shouldTakeAGenerationOnceOfSeveralStartsAtTheSameTime() {
        JobRuns runs = new JobRuns("job-runs", config().kafka());
        List<String> jobIds = List.of("a", "b", "c", "d");
        for (int generation = 1; generation <= 5; generation++) {
            int number = generation;
            List<CompletableFuture<Boolean>> starts = jobIds.stream()
                    .map(id -> run("at-once", number, id))
                    .map(run -> CompletableFuture.runAsync(
                                    () -> runs.take(run, NONE, Optional.empty()), task -> new Thread(task).start())
                            .handle((taken, refused) -> refused == null))
                    .toList();
            List<String> taken = IntStream.range(0, jobIds.size())
                    .filter(i -> starts.get(i).join())
                    .mapToObj(jobIds::get)
                    .toList();
            assertThat(taken).hasSize(1);
            assertThat(used("at-once")).containsEntry(number, taken.get(0));
        }
    }

    @Test
    void shouldGoOnUnderAUsedNumberFromItsNewestStateOnly(@TempDir Path directory) throws Exception {
        Path ofTwenty = TestCheckpoint.write(directory.resolve("savepoint-aaaaaa-1"), 300);
        Path laterOfTwenty = TestCheckpoint.write(directory.resolve("savepoint-aaaaaa-2"), 900);

        String first = goOn(directory, ofTwenty);
        String second = goOn(directory, ofTwenty); // the first came to no checkpoint
        Path older = TestCheckpoint.write(directory.resolve(second + "/chk-320"), 320);
        Path newest = TestCheckpoint.write(directory.resolve(second + "/chk-340"), 340);
        assertNotNewest(directory, ofTwenty, 340, second);
        assertNotNewest(directory, older, 340, second);
        assertNotNewest(directory, laterOfTwenty, 340, second);
        String third = goOn(directory, newest);
        assertNotNewest(directory, older, 340, third);
        String fourth = goOn(directory, newest);
        Path stopped = TestCheckpoint.write(directory.resolve("savepoint-" + fourth.substring(0, 6) + "-3"), 350);
        assertNotNewest(directory, newest, 350, fourth);
        goOn(directory, stopped);

        assertThat(first).isNotEqualTo(second);
        assertThat(used("weather-average")).containsEntry(generation, first);
    }

    /** Files that the archive's older state names have been joined and deleted since. */
    @Test
    void shouldGoOnFromItsNewestStateOnlyWhereStateNamesFiles(@TempDir Path directory) throws Exception {
        String topic = "runs-of-files";
        log.create(topic, 1);
        String first = archive(topic, 1, directory, null);
        Path early = checkpoint(directory, "savepoint-" + first.substring(0, 6) + "-1", 50);
        Path newest = checkpoint(directory, first + "/chk-90", 90);
        for (int number : new int[] {1, 2}) {
            assertNotNewestFiles(() -> archive(topic, number, directory, early), number, early, 90, 1, first);
        }

        String again = archive(topic, 1, directory, newest);
        String second = archive(topic, 2, directory, newest);
        assertNotNewestFiles(() -> archive(topic, 2, directory, early), 2, early, 90, 1, again);
        String third = archive(topic, 2, directory, newest); // the second came to no checkpoint
        assertThat(third).isNotEqualTo(second);
        Path kept = checkpoint(directory, "savepoints/savepoint-" + third.substring(0, 6) + "-2", 100);
        assertNotNewestFiles(() -> archive(topic, 3, directory, newest), 3, newest, 100, 2, third);
        archive(topic, 3, directory, kept);
    }

    /** Each generation keeps its state in a folder of its own. */
    @Test
    void shouldFindTheNewestStateOfFilesBelowTheStateDirectory(@TempDir Path directory) throws Exception {
        String topic = "runs-below-state";
        log.create(topic, 1);
        String state = "--state-dir=" + directory;
        Path below = directory.resolve("time-series-archive/1");
        String first = archive(topic, 1, directory, null, state);
        Path early = checkpoint(below, first + "/chk-50", 50);
        Path newest = checkpoint(below, "savepoints/savepoint-" + first.substring(0, 6) + "-1", 90);

        assertNotNewestFiles(() -> archive(topic, 2, directory, early, state), 2, early, 90, 1, first);
        archive(topic, 2, directory, newest, state);
    }

    /** As after a stop to a place of the user's own. */
    @Test
    void shouldTakeStateOfFilesOfWhichNoneIsKnownToBeNewer(@TempDir Path directory) throws Exception {
        String topic = "runs-elsewhere";
        log.create(topic, 1);
        checkpoint(directory, archive(topic, 1, directory, null) + "/chk-50", 50);
        String second = archive(topic, 2, directory, null);
        Path elsewhere = checkpoint(directory, "elsewhere/savepoint-" + second.substring(0, 6) + "-1", 20);

        assertThat(archive(topic, 2, directory, elsewhere)).isNotEqualTo(second);
    }

    @Test
    void shouldGoOnWithTheSameDirectoryOnlyWhereStateNamesFiles(@TempDir Path directory) throws Exception {
        String topic = "runs-of-a-directory";
        log.create(topic, 1);
        Path newest = checkpoint(directory, archive(topic, 1, directory, null) + "/chk-90", 90);

        for (int number : new int[] {1, 2}) {
            assertThatThrownBy(() -> archive(topic, number, directory, newest, "--archive-dir=/other/place"))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessage(
                            "--archive-dir: '/other/place' is not allowed; allowed is file:/var/lib/streampane/archive with state file:%s, which names files there, or a start without state",
                            newest);
        }
        for (String same : List.of("/var/lib/streampane/archive/", "file:///var/lib/streampane//archive")) {
            archive(topic, 1, directory, newest, "--archive-dir=" + same);
        }
        archive(topic, 2, directory, null, "--archive-dir=/other/place");
    }

    /** Whose state names no file of the others. */
    @Test
    void shouldTakeStateOfFilesWhereNewerGenerationsHaveAnotherDirectory(@TempDir Path directory) throws Exception {
        String topic = "runs-of-two-directories";
        log.create(topic, 1);
        String other = "--archive-dir=/other/place";
        Path early = checkpoint(directory, archive(topic, 1, directory, null) + "/chk-50", 50);
        Path ofOther = checkpoint(directory, archive(topic, 2, directory, null, other) + "/chk-60", 60);
        String third = archive(topic, 3, directory, early);
        checkpoint(directory, third + "/chk-90", 90);

        archive(topic, 4, directory, ofOther, other);
        assertNotNewestFiles(() -> archive(topic, 5, directory, early), 5, early, 90, 3, third);
    }

    /** The id is that of the application: the state of each generation lies in a folder of its own. */
    @Test
    void shouldGoOnFromItsNewestStateOnlyWhereEachGenerationHasTheSameJobId(@TempDir Path directory) throws Exception {
        String topic = "runs-of-an-application";
        log.create(topic, 1);
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        String state = "--state-dir=" + directory;
        archive(cluster, topic, 1, state);
        Path below = directory.resolve("time-series-archive/1/" + JOB_ID);
        Path early = checkpoint(below, "chk-50", 50);
        Path newest = checkpoint(below, "chk-90", 90);

        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, early.toUri().toString());
        assertNotNewestFiles(() -> archive(cluster, topic, 2, state), 2, early, 90, 1, JOB_ID);
        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toUri().toString());
        archive(cluster, topic, 2, state);
    }

    private static Path checkpoint(Path directory, String name, long number) throws IOException {
        return TestCheckpoint.write(directory.resolve(name), number);
    }

    private static String archive(String runs, int number, Path directory, Path state, String... more)
            throws Exception {
        Configuration cluster = cluster(directory, state == null ? directory : state);
        if (state == null) {
            cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        }
        return archive(cluster, runs, number, more);
    }

    private static String archive(Configuration cluster, String runs, int number, String... more) throws Exception {
        cluster.set(DeploymentOptions.TARGET, "remote"); // the archive's directory is not of this machine
        List<String> arguments = new ArrayList<>(List.of(
                "time-series-archive",
                "--bootstrap-servers=" + log.servers(),
                "--job-runs-topic=" + runs,
                "--generation=" + number,
                FIFTEEN_MINUTES));
        arguments.addAll(List.of(more));
        return Submission.of(cluster, arguments.toArray(String[]::new))
                .getJobID()
                .toString();
    }

    private static void assertNotNewestFiles(
            ThrowingCallable start, int number, Path state, long newest, int generation, String job) {
        assertThatThrownBy(start)
                .isInstanceOf(BadOptionException.class)
                .hasMessage(
                        "--generation: '%d' is not allowed with state file:%s, because newer state may have merged and deleted its files; allowed is the newest state of time-series-archive (checkpoint %d of generation %d, of job %s), or a start without state",
                        number, state, newest, generation, job);
    }

    /** Its results would lose against those of the newer generation, and whatever that left open would stay so. */
    @Test
    void shouldRefuseANumberBelowTheNewestThatWasNotUsedAlsoWithState() {
        JobRuns runs = new JobRuns("job-runs", config().kafka());
        PriorState ofOne = PriorState.of(
                StreamExecutionEnvironment.getExecutionEnvironment(),
                Optional.of(new org.apache.flink.core.fs.Path("file:///nowhere/savepoint-aaaaaa-1")));
        runs.take(run("back", 1, "a"), NONE, Optional.empty());
        runs.take(run("back", 3, "b"), NONE, Optional.empty());

        assertThatThrownBy(() -> runs.take(run("back", 2, "c"), ofOne, Optional.empty()))
                .isInstanceOf(BadOptionException.class)
                .hasMessage(
                        "--generation: '2' is not allowed; allowed is a number above 3, the last that topic job-runs has of back");
        runs.take(run("back", 4, "c"), ofOne, Optional.empty());

        assertThat(used("back")).containsExactly(Map.entry(1, "a"), Map.entry(3, "b"), Map.entry(4, "c"));
    }

    @Test
    void shouldWriteTheSettingsOfAFurtherStart(@TempDir Path directory) throws Exception {
        Configuration cluster = cluster(directory, TestCheckpoint.write(directory.resolve("savepoint-cccccc-1"), 300));

        Submission.of(cluster, arguments("--zone=UTC"));
        Submission.of(cluster, arguments("--zone=Europe/Berlin"));

        List<String> runs = log.committedValues("job-runs");
        byte[] newest = runs.get(runs.size() - 1).getBytes(UTF_8);
        JsonNode run = Json.read(newest);
        assertThat(run.at("/settings/zone").asText()).isEqualTo("UTC");
        assertThat(run.at("/changes/0/settings/zone").asText()).isEqualTo("Europe/Berlin");
        assertThat(run.at("/changes/0/jobVersion")).isEqualTo(run.path("jobVersion"));
        assertThat(run.at("/changes/0/started")).isEqualTo(run.at("/latest/started"));
        assertThat(ContractFiles.of("job-run").violations(newest)).isEmpty();
    }

    /** An upgrade from last-state keeps the job's id, before its first checkpoint and after it. */
    @Test
    void shouldWriteTheSettingsThatAnUpgradeUnderTheSameJobIdChanges(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        Submission.of(cluster, arguments("--zone=UTC"));

        Submission.of(cluster, arguments("--zone=Europe/Berlin"));
        HighAvailability.keepCheckpoint(cluster, directory, 2);
        Submission.of(cluster, arguments("--zone=Europe/Paris"));
        Submission.of(cluster, arguments("--zone=Europe/Paris"));

        List<String> runs = log.committedValues("job-runs").stream()
                .filter(run -> run.contains("\"generation\":" + generation))
                .toList();
        assertThat(runs).hasSize(3);
        byte[] newest = runs.get(2).getBytes(UTF_8);
        JsonNode run = Json.read(newest);
        assertThat(run.at("/settings/zone").asText()).isEqualTo("UTC");
        assertThat(run.at("/changes").findValuesAsText("zone")).containsExactly("Europe/Berlin", "Europe/Paris");
        assertThat(run.at("/latest/jobId").asText()).isEqualTo(JOB_ID);
        assertThat(run.at("/latest/checkpoint").asLong()).isEqualTo(2);
        assertThat(ContractFiles.of("job-run").violations(newest)).isEmpty();
    }

    /** High availability executes the plan that it keeps, whatever the entry point reads by then. */
    @Test
    void shouldNotWriteSettingsThatAFailoverDoesNotTake(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        Submission.of(cluster, arguments("--zone=UTC"));
        HighAvailability.keepPlan(cluster);

        Submission.of(cluster, arguments("--zone=Europe/Berlin"));
        HighAvailability.keepCheckpoint(cluster, directory, 2);
        Submission.of(cluster, arguments("--zone=Europe/Paris"));

        assertThat(log.committedValues("job-runs"))
                .filteredOn(run -> run.contains("\"generation\":" + generation))
                .hasSize(1);
    }

    /** High availability runs the entry point again, to go on with the job from a checkpoint of a moment ago. */
    @Test
    void shouldNotAskForTheStateOfItsFirstStartWhenItsEntryPointRunsAgain(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        String[] arguments = arguments();
        assertThatThrownBy(() -> Submission.of(cluster, arguments))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("older than --transaction-timeout");

        HighAvailability.keepCheckpoint(cluster, directory, 2);

        assertThat(Submission.of(cluster, arguments).getJobID()).hasToString(JOB_ID);
    }

    /** The end of the job takes what high availability kept, and leaves its checkpoints. */
    @Test
    void shouldNotTakeAJobForRecoveredThatStartsAfterItsEnd(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        Submission.of(cluster, arguments());
        Path early = TestCheckpoint.write(directory.resolve(JOB_ID + "/chk-2"), 2);
        Path newest = TestCheckpoint.write(directory.resolve(JOB_ID + "/chk-3"), 3);

        assertThatThrownBy(() -> Submission.of(cluster, arguments()))
                .isInstanceOf(BadOptionException.class)
                .hasMessage(
                        "--generation: '%d' is not allowed with state none; allowed is the newest state of that generation (checkpoint 3, of job %s), or a number above all that were used",
                        generation, JOB_ID);
        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, early.toUri().toString());
        assertThatThrownBy(() -> Submission.of(cluster, arguments()))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("allowed is the newest state of that generation (checkpoint 3");
        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toUri().toString());
        assertThat(Submission.of(cluster, arguments()).getJobID()).hasToString(JOB_ID);
    }

    /** Which tells neither that the job is recovered nor that it starts. */
    @Test
    void shouldWaitForCheckpointsThatCannotBeReadWhenItsEntryPointRunsAgain(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.set(
                HighAvailabilityOptions.HA_STORAGE_PATH, Unreadable.SCHEME + ":" + directory.resolve(Unreadable.HA));
        cluster.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Unreadable.SCHEME + ":" + directory);

        Unreadable.with(4, () -> {
            HighAvailability.keepCheckpoint(cluster, directory, 10);
            assertThat(Submission.of(cluster, arguments()).getJobID()).hasToString(JOB_ID);
        });
    }

    /** It could be newer than the state that is asked for. */
    @Test
    void shouldNotGoOnUnderAUsedNumberWhileItsNewestStateCannotBeRead(@TempDir Path directory) throws Exception {
        Configuration cluster = cluster(directory, TestCheckpoint.write(directory.resolve("savepoint-dddddd-1"), 300));
        String first = Submission.of(cluster, arguments()).getJobID().toString();
        cluster.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Unreadable.SCHEME + ":" + directory);
        TestCheckpoint.write(directory.resolve(first + "/chk-320"), 320);

        Unreadable.with(3, () -> {
            for (String why : List.of("cannot be listed", "cannot be listed", "503 Slow Down")) {
                assertThatThrownBy(() -> Submission.of(cluster, arguments()))
                        .isInstanceOf(BadOptionException.class)
                        .hasMessageStartingWith("--generation: '" + generation + "' is not allowed with state ")
                        .hasMessageContaining(why);
            }
        });
    }

    /** It could be older than the newest. */
    @Test
    void shouldNotGoOnUnderAUsedNumberFromStateThatCannotBeRead(@TempDir Path directory) throws Exception {
        Configuration cluster = cluster(directory, TestCheckpoint.write(directory.resolve("savepoint-eeeeee-1"), 300));
        String first = Submission.of(cluster, arguments()).getJobID().toString();
        TestCheckpoint.write(directory.resolve(first + "/chk-320"), 320);
        cluster.set(
                StateRecoveryOptions.SAVEPOINT_PATH,
                Unreadable.SCHEME + ":"
                        + TestCheckpoint.write(
                                directory.resolve(first + "/chk-" + Unreadable.FOR_EVER), Unreadable.FOR_EVER));

        Unreadable.with(0, () -> assertThatThrownBy(() -> Submission.of(cluster, arguments()))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("Too many open files"));
    }

    /** A local file system whose first answers fail, each in another way, and that never opens one of the checkpoints. */
    private static final class Unreadable extends LocalFileSystem implements FileSystemFactory {

        private static final String SCHEME = "unreadable";
        private static final int FOR_EVER = 9;
        private static final String HA = "ha";

        private int failures;

        private Unreadable(int failures) {
            this.failures = failures;
        }

        private static void with(int failures, ThrowingCallable test) throws Exception {
            var files = new Unreadable(failures);
            FileSystem.initialize(new Configuration(), new PluginManager() {
                @Override
                public <P> Iterator<P> load(Class<P> service) {
                    return service == FileSystemFactory.class
                            ? List.of(service.cast(files)).iterator()
                            : Collections.emptyIterator();
                }
            });
            try {
                assertThatCode(test).doesNotThrowAnyException();
                assertThat(files.failures).isZero();
            } finally {
                FileSystem.initialize(new Configuration(), null);
            }
        }

        @Override
        public FileStatus[] listStatus(org.apache.flink.core.fs.Path path) throws IOException {
            if (failures == 1) {
                failures--;
                throw new IOException("503 Slow Down");
            }
            if (failures == 2) {
                failures--;
                return null; // as of a directory that may not be listed
            }
            if (failures == 3) {
                failures--;
                throw new FileNotFoundException(path + "/chk-8"); // as where a checkpoint goes meanwhile
            }
            return super.listStatus(path);
        }

        @Override
        public FSDataInputStream open(org.apache.flink.core.fs.Path path) throws IOException {
            boolean isKept = path.getPath().contains("/" + HA + "/");
            if (isKept && failures > 0) {
                failures--;
                throw new FileNotFoundException(path + " (Too many open files)");
            }
            if (path.getParent().getName().equals("chk-" + FOR_EVER)) {
                throw new FileNotFoundException(path + " (Too many open files)");
            }
            return super.open(path);
        }

        @Override
        public URI getUri() {
            return URI.create(SCHEME + ":/");
        }

        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public LocalFileSystem create(URI uri) {
            return this;
        }
    }

    @Test
    void shouldWaitForTheBrokersWhenItsEntryPointRunsAgain(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        HighAvailability.keepCheckpoint(cluster, directory, 2);
        String[] arguments = arguments("--kafka.default.api.timeout.ms=1000", "--kafka.request.timeout.ms=500");
        kafka.kill();

        CompletableFuture<String> submitted = submit(cluster, arguments);
        kafka.restart();

        assertThat(outcome(submitted)).isEqualTo(JOB_ID);
    }

    /** Which would not run until then. */
    @Test
    void shouldNotHoldUpARecoveredJobWhereItsRunCannotBeWrittenDown(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        HighAvailability.keepCheckpoint(cluster, directory, 2);

        CompletableFuture<String> submitted = submit(cluster, arguments("--job-runs-topic=no-such-runs"));

        assertThat(outcome(submitted)).isEqualTo(JOB_ID);
    }

    /** As of a topic that is not there yet. */
    @Test
    void shouldWaitForTheRightToReadATopicUnderHighAvailability(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        String topic = "runs-to-be-granted";
        log.create(topic, 1);
        var runs = new JobRuns(topic, config().kafka());
        runs.take(run("another", 1, "a"), NONE, Optional.empty());
        deny(AclOperation.READ, topic);
        await("brokers that know it").untilAsserted(() -> assertThatThrownBy(() -> runs.runs("another"))
                .isInstanceOf(BadOptionException.class));

        CompletableFuture<String> submitted = submit(cluster, arguments("--job-runs-topic=" + topic));
        await().during(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(submitted).isNotDone());
        try (Admin admin = admin()) {
            admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        }

        assertThat(outcome(submitted)).isEqualTo(JOB_ID);
    }

    /** Of a topic that only the source asks for. */
    @Test
    void shouldWaitForATopicThatIsMadeAfterItsFirstStart(@TempDir Path directory) throws Exception {
        Configuration cluster = highlyAvailable(directory);
        cluster.removeConfig(StateRecoveryOptions.SAVEPOINT_PATH);
        String[] arguments = {
            "index-results",
            "--bootstrap-servers=" + log.servers(),
            "--generation=1",
            "--index-audit-topic=audit-to-come"
        };

        CompletableFuture<String> submitted = submit(cluster, arguments);
        await().during(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(submitted).isNotDone());
        log.create("audit-to-come", 1);

        assertThat(outcome(submitted)).isEqualTo(JOB_ID);
        assertThat(used("index-results")).containsExactly(Map.entry(1, JOB_ID));
    }

    @Test
    void shouldRefuseATopicThatHoldsSomethingElse() throws Exception {
        log.create("other-runs", 1);
        log.write("other-runs", 0, "weather-average/1", "{");
        JobRuns runs = new JobRuns("other-runs", config().kafka());

        assertThatThrownBy(() -> runs.runs("weather-average"))
                .isInstanceOf(BadOptionException.class)
                .hasMessage("--job-runs-topic: offset 0 holds no job run; allowed is the topic that holds them alone");
    }

    /** Runs the entry point in a thread of its own; the id of the job that it submits. */
    private static CompletableFuture<String> submit(Configuration cluster, String... arguments) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Submission.of(cluster, arguments).getJobID().toString();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    private static <T> T outcome(CompletableFuture<T> awaited) {
        await().until(awaited::isDone);
        return awaited.join();
    }

    /** Starts weather-average from state; its job id. */
    private String goOn(Path directory, Path state) throws Exception {
        return Submission.of(cluster(directory, state), arguments()).getJobID().toString();
    }

    private void assertNotNewest(Path directory, Path state, long newest, String job) {
        assertThatThrownBy(() -> goOn(directory, state))
                .isInstanceOf(BadOptionException.class)
                .hasMessage(
                        "--generation: '%d' is not allowed with state %s; allowed is the newest state of that generation (checkpoint %d, of job %s), or a number above all that were used"
                                .formatted(
                                        generation,
                                        new org.apache.flink.core.fs.Path(
                                                state.toUri().toString()),
                                        newest,
                                        job));
    }

    private String[] arguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "weather-average",
                "--bootstrap-servers=" + log.servers(),
                "--generation=" + generation,
                FIFTEEN_MINUTES));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static Configuration cluster(Path directory, Path state) {
        Configuration cluster = new Configuration();
        cluster.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
        cluster.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, directory.toUri().toString());
        cluster.set(StateRecoveryOptions.SAVEPOINT_PATH, state.toUri().toString());
        return cluster;
    }

    /** The settings of an application that was started from a savepoint eight days ago. */
    private static Configuration highlyAvailable(Path directory) throws Exception {
        Path savepoint = TestCheckpoint.write(directory.resolve("savepoint-bbbbbb-1"), 1);
        Files.setLastModifiedTime(
                savepoint.resolve("_metadata"), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Configuration cluster = cluster(directory, savepoint);
        zooKeeper
                .settings(
                        directory.getFileName().toString(),
                        directory.resolve("ha").toUri().toString())
                .forEach(cluster::setString);
        cluster.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, JOB_ID);
        return cluster;
    }

    private static JobRun run(String job, int generation, String id) {
        return new JobRun(job, generation, id, List.of("tumbling(1m)"), Map.of("zone", "UTC"), Instant.EPOCH, "1.0.0");
    }

    private static int sourceParallelism(JobConfig config) {
        var env = new StreamExecutionEnvironment(JobEnvironment.configuration(config));
        return KafkaSources.of(env, config, new ReadingDecoder(ZoneOffset.UTC)).getParallelism();
    }

    private static void assertRefused(JobConfig config, String line) {
        assertRefusal(refusal(config), line);
    }

    private static void assertRefusal(Throwable refusal, String line) {
        assertThat(refusal)
                .isInstanceOf(BadOptionException.class)
                .hasMessageStartingWith(line)
                .message()
                .doesNotContain("\n");
    }

    private static Throwable refusal(JobConfig config) {
        return catchThrowable(() -> check(config));
    }

    private static void check(JobConfig config) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        JobStart.check(config, env, JobCatalog.job(config.job()).filesOfState());
        JobStart.checkBrokers(config, env);
    }

    /** Flink's job ids by generation. */
    private static Map<Integer, String> used(String job) {
        Map<Integer, String> used = new TreeMap<>();
        new JobRuns("job-runs", config().kafka()).runs(job).forEach((number, run) -> used.put(number, run.jobId()));
        return used;
    }

    private static JobConfig config(String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        if (args.stream().noneMatch(arg -> arg.startsWith("--bootstrap-servers"))) {
            args.add("--bootstrap-servers=" + log.servers());
        }
        return JobConfig.of("weather-average", args, Map.of());
    }
}
