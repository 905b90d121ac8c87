// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.JobRun;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.MiniFlink;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RecordDecoder;
import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.Brokers;
import dev.streampane.pipeline.job.Job;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobRuns;
import dev.streampane.pipeline.state.OutputSerializer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sink against a real broker. */
class ExactlyOnceSinkIT {

    private static final String NAME = "weather-average";

    /** No checkpoint comes by itself, so that what a savepoint promises stays open. */
    private static final String NO_CHECKPOINTS = "--checkpoint-interval=1h";

    private static LocalKafka kafka;

    /** The same, but it forgets transactions without records at once instead of after an hour. */
    private static LocalKafka forgetful;

    private static KafkaLog log;
    private static MiniFlink flink;

    @TempDir
    private Path directory;

    private static int generation;

    private String topic;
    private String late;
    private int sequence;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        int[] ports = FreePorts.next(2);
        kafka = LocalKafka.start(data, ports[0], ports[1], Map.of());
        forgetful = new LocalKafka(
                data,
                ports[0],
                ports[1],
                Map.of(
                        "transactional.id.expiration.ms",
                        "1",
                        "transaction.remove.expired.transaction.cleanup.interval.ms",
                        "100"));
        log = new KafkaLog(kafka.bootstrapServers());
        flink = MiniFlink.start();
    }

    @AfterAll
    static void stop() {
        flink.close();
        log.close();
        kafka.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        generation += 10;
        topic = test.getTestMethod().orElseThrow().getName() + "-" + generation;
        late = topic + "-late";
        log.create(topic, 2);
        log.create(late, 2);
    }

    @AfterEach
    void endJobs() throws Exception {
        flink.cancelAll();
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "2, 1", "1, 3"})
    void shouldCommitOnceWhatASavepointHadPromised(int parallelism, int restored) throws Exception {
        String savepoint = promise("--parallelism=" + parallelism);
        assertThat(open())
                .filteredOn(id -> id.startsWith(NAME + "-" + generation + "-"))
                .hasSize(parallelism);
        assertThat(log.committed(late)).isEmpty();

        write(1);
        flink.restore(new EchoJob(), config("--parallelism=" + restored), savepoint);

        awaitCommitted(11);
        assertThat(log.committedValues(late)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRestoreWhenItsTransactionsAreCommittedAlready(boolean forgotten) throws Exception {
        // Given
        JobID job = startWritten();
        String savepoint = flink.stop(job, directory);
        awaitCommitted(10);
        if (forgotten) {
            forget();
        }
        write(10);
        // When
        JobID restored = flink.restore(new EchoJob(), config("--parallelism=1"), savepoint);
        // Then
        awaitCommitted(20);
        assertThat(log.committedValues(late)).doesNotHaveDuplicates();
        assertThat(flink.attempts(restored)).isZero();
    }

    @Test
    void shouldStartAnewWhenTheBrokersHaveForgottenATransactionBeforeItsFirstRecord() throws Exception {
        JobID job = flink.start(new EchoJob(), config(NO_CHECKPOINTS));
        forget();

        write(10);

        await().until(() -> flink.attempts(job) > 0);
        await().ignoreExceptions()
                .untilAsserted(
                        () -> { // there is no checkpoint while it starts
                            flink.checkpoint(job);
                            assertThat(log.committed(late)).hasSize(10);
                        });
    }

    @Test
    void shouldGoOnBesideAReplayWhoseResultsTheBrokersRefuse() throws Exception {
        String results = topic + "-results";
        log.create(results, 1, Map.of("max.message.bytes", "1000"));
        String plan = """
                {"partitions":[{"topic":"%s","partition":0,"first":0,"last":9,"clock":null,"rules":[
                {"from":0,"outOfOrderness":"PT5S","allowedLateness":"PT1M","skew":"PT5M","horizons":{}}]}]}""".formatted(topic);
        JobID replay = flink.submit(
                new LargeResultsJob(),
                config("--mode=batch", "--replay=" + plan, "--results-topic=" + results),
                SavepointRestoreSettings.none());
        await().until(() -> flink.attempts(replay) > 0);
        write(10);

        flink.start(new EchoJob(), config());

        awaitCommitted(10);
    }

    @Test
    void shouldFailForGoodWhenWhatWasPromisedIsLost() throws Exception {
        String savepoint = promise();
        List<String> promised = open();
        assertThat(promised).isNotEmpty();
        log.admin().fenceProducers(promised).all().get();

        assertThat(lossAfterRestore(savepoint)).containsAnyOf(promised.toArray(String[]::new));
    }

    /** By the timeout of now, or by the shorter one of the run that had promised it. */
    @ParameterizedTest
    @CsvSource({
        ",--transaction-timeout=2s --checkpoint-interval=100ms --checkpoint-timeout=1s",
        "2s,--transaction-timeout=1d"
    })
    void shouldFailForGoodWhenWhatWasPromisedIsAbortedAndForgotten(String timeoutOfTheRun, String options)
            throws Exception {
        if (timeoutOfTheRun != null) {
            take(generation, Map.of("transaction-timeout", timeoutOfTheRun));
        }
        String savepoint = promise();
        Instant timeout = Instant.now().plusSeconds(2);
        log.admin().fenceProducers(open()).all().get();
        forget();
        await().until(() -> Instant.now().isAfter(timeout));

        assertThat(lossAfterRestore(savepoint, options.split(" ")))
                .contains("promised longer ago than --transaction-timeout");
    }

    @Test
    void shouldFailForGoodWhenARestartFindsWhatWasPromisedAbortedAndForgotten() throws Exception {
        take(generation, Map.of("transaction-timeout", "5s"));
        JobID job = flink.start(new PromisingJob(), config("--checkpoint-interval=500ms", "--checkpoint-timeout=10m"));
        for (int partition = 0; partition < 2; partition++) {
            log.write(topic, partition, null, PromisingJob.PROMISE);
        }
        await().until(() -> {
            write(2);
            return PromisingJob.held > 0 && flink.lastCheckpoint(job) == PromisingJob.held;
        });
        Instant timeout = Instant.now().plusSeconds(5);
        flink.endTaskManager();
        log.admin().fenceProducers(open()).all().get();
        forget();
        await().until(() -> Instant.now().isAfter(timeout));

        flink.startTaskManager();

        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.attempts(job)).isPositive();
        assertThat(loss(job)).contains("promised longer ago than --transaction-timeout");
    }

    @Test
    void shouldFailForGoodWhenAnotherGenerationHasAbortedWhatIsForgotten() throws Exception {
        String savepoint = promise();
        List<String> promised = open();
        take(generation + 1, Map.of());
        JobID next = flink.start(new EchoJob(), config("--generation=" + (generation + 1)));
        awaitCommitted(10);
        flink.cancel(next);
        forget();

        JobID restored = flink.submit(
                new EchoJob(), config("--generation=" + (generation + 2)), SavepointRestoreSettings.forPath(savepoint));

        assertThat(flink.awaitEnd(restored)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.attempts(restored)).isZero();
        assertThat(flink.failure(restored).getExceptionAsString())
                .contains("Lost: the results, late records, dead letters and audit lines")
                .containsAnyOf(promised.toArray(String[]::new))
                .contains("aborted by generation " + (generation + 1));
    }

    /** Once it is aborted, and the brokers have forgotten it, nothing else tells it from what was committed. */
    @Test
    void shouldAbortNothingThatItCannotWriteDown() throws Exception {
        promise();
        List<String> promised = open();
        String runs = topic + "-runs";
        log.create(runs, 1);
        log.write(runs, 0, NAME + "/one", "no run");

        JobID next = flink.submit(
                new EchoJob(),
                config("--generation=" + (generation + 1), "--job-runs-topic=" + runs),
                SavepointRestoreSettings.none());

        await().until(() -> flink.attempts(next) > 0);
        assertThat(open()).containsAll(promised);
        flink.cancel(next);
    }

    @Test
    void shouldFailForGoodWhenWhatIsForgottenWasGivenUp() throws Exception {
        String prefix = NAME + "-" + generation + "-";
        take(generation, Map.of());
        String savepoint = promise();
        List<String> promised =
                open().stream().filter(id -> id.startsWith(prefix)).toList();
        new JobRuns("job-runs", config().kafka()).addAborted(NAME, generation, promised);
        log.admin().fenceProducers(promised).all().get();
        forget();

        assertThat(lossAfterRestore(savepoint)).contains("given up: aborted by 'streampane tx abort --lose'");
    }

    @Test
    void shouldAbortOlderGenerationsWhenItStartsWithoutState() throws Exception {
        promise();
        assertThat(open()).isNotEmpty();

        flink.start(new EchoJob(), config("--generation=" + (generation + 1)));

        awaitCommitted(10);
        assertThat(open()).allMatch(id -> id.startsWith(NAME + "-" + (generation + 1) + "-"));
        assertThat(generations()).containsOnly(generation + 1);
    }

    @Test
    void shouldSayWhichGenerationHasAbortedWhatItWasAboutToCommit() throws Exception {
        JobID job = startWritten();
        take(generation + 1, Map.of());
        flink.start(new EchoJob(), config("--generation=" + (generation + 1)));
        awaitCommitted(10);

        flink.checkpoint(job);

        assertThat(flink.awaitEnd(job)).isEqualTo(JobStatus.FAILED);
        assertThat(loss(job, generation + 2)).contains("(aborted by generation " + (generation + 1));
    }

    @Test
    void shouldCommitWhatAnOlderGenerationPromisedWhenItStartsFromItsState() throws Exception {
        JobID job = startWritten();
        String savepoint = flink.savepoint(job, directory);
        write(3);
        awaitWritten(13);
        flink.cancel(job);

        flink.restore(new EchoJob(), config("--generation=" + (generation + 1)), savepoint);

        awaitCommitted(13);
        assertThat(generations()).filteredOn(number -> number == generation).hasSize(10);
        assertThat(log.committedValues(late)).doesNotHaveDuplicates();
    }

    @Test
    void shouldGoForwardAgainAfterARollBack() throws Exception {
        JobID job = startWritten();
        String older = flink.savepoint(job, directory);
        write(10);
        awaitWritten(20);
        String newer = flink.stop(job, directory);
        awaitCommitted(20);
        JobID back = flink.restore(new EchoJob(), config(NO_CHECKPOINTS, "--generation=" + (generation + 1)), older);
        awaitWritten(30);
        flink.cancel(back);

        write(1);
        JobID forward = flink.restore(new EchoJob(), config("--generation=" + (generation + 2)), newer);

        awaitCommitted(21);
        assertThat(flink.attempts(forward)).isZero();
    }

    /** The transaction of each waits for the next checkpoint, in a producer of its own. */
    @Test
    void shouldHaveABoundedNumberOfProducersWhileCheckpointsFail() throws Exception {
        Path state = Files.createDirectory(directory.resolve("state"));
        write(10);
        JobID job = flink.start(
                new EchoJob(),
                config("--parallelism=1", "--state-dir=" + state.toUri(), "--checkpoint-interval=100ms"));
        awaitCommitted(10);
        long before = producers();
        AtomicLong most = new AtomicLong();

        Path checkpoints = state.resolve(Path.of(NAME, "" + generation, "" + job));
        List<Path> inTheWay = new ArrayList<>();
        for (long id = flink.lastCheckpoint(job) + 1; id < 500; id++) {
            try {
                inTheWay.add(Files.createDirectories(checkpoints.resolve("chk-" + id + "/_metadata")));
            } catch (FileAlreadyExistsException e) {
                // This checkpoint has completed in the meantime.
            }
        }
        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            write(1);
            most.accumulateAndGet(producers(), Math::max);
            return flink.attempts(job) >= 2;
        });

        assertThat(most.get() - before).isBetween(5L, 15L);
        for (Path metadata : inTheWay) {
            Files.deleteIfExists(metadata);
        }
        awaitCommitted(sequence);
        assertThat(log.committedValues(late)).doesNotHaveDuplicates();
    }

    /**
     * Has the broker forget this generation's transactions, none of which is open. It remembers again after that: it would forget what
     * the next job begins, too.
     */
    private void forget() throws Exception {
        List<String> ids = log.transactions(NAME + "-" + generation + "-").stream()
                .map(TransactionListing::transactionalId)
                .toList();
        assertThat(ids).isNotEmpty();
        kafka.kill();
        try {
            forgetful.restart();
            awaitNone(ids);
        } finally {
            forgetful.kill();
            kafka.restart();
        }
        awaitNone(ids);
    }

    /** A broker that was killed reads its transactions after it has begun to answer. */
    private void awaitNone(List<String> ids) {
        try (Brokers brokers = Brokers.connect(config().kafka())) {
            await().ignoreException(BadOptionException.class)
                    .until(() -> brokers.transactions(ids).isEmpty());
        }
    }

    private static long producers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("kafka-producer-network-thread"))
                .count();
    }

    /** Writes a run as its start does. */
    private void take(int number, Map<String, String> settings) throws Exception {
        log.write(
                "job-runs",
                0,
                NAME + "/" + number,
                new String(new JobRun(NAME, number, "", List.of(), settings, Instant.EPOCH, "1").json(), UTF_8));
    }

    /** Ten records in open transactions that a savepoint holds; the job has ended. */
    private String promise(String... options) throws Exception {
        JobID job = startWritten(options);
        String savepoint = flink.savepoint(job, directory);
        flink.cancel(job);
        return savepoint;
    }

    /** A job that has written ten records, and commits none by itself. */
    private JobID startWritten(String... options) throws Exception {
        write(10);
        List<String> all = new ArrayList<>(List.of(options));
        all.add(NO_CHECKPOINTS);
        JobID job = flink.start(new EchoJob(), config(all.toArray(String[]::new)));
        awaitWritten(10);
        return job;
    }

    private void write(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            log.write(topic, sequence % 2, null, "record " + sequence++);
        }
    }

    private void awaitCommitted(int records) {
        await().untilAsserted(() -> assertThat(log.committed(late)).hasSize(records));
    }

    private void awaitWritten(int records) {
        await().untilAsserted(() -> assertThat(log.written(late)).hasSize(records));
    }

    /** Why a job that goes on from a savepoint fails for good at once. */
    private String lossAfterRestore(String savepoint, String... options) throws Exception {
        JobID restored = flink.submit(new EchoJob(), config(options), SavepointRestoreSettings.forPath(savepoint));
        assertThat(flink.awaitEnd(restored)).isEqualTo(JobStatus.FAILED);
        assertThat(flink.attempts(restored)).isZero();
        return loss(restored);
    }

    /** Why a job has failed for good: it says what is lost, and how to start without it. */
    private String loss(JobID job) throws Exception {
        return loss(job, generation + 1);
    }

    private String loss(JobID job, int unused) throws Exception {
        String trace = flink.failure(job).getExceptionAsString();
        assertThat(trace)
                .contains("Lost: the results, late records, dead letters and audit lines")
                .contains(NAME + " --generation " + unused + " --start-from earliest");
        return trace;
    }

    private List<String> open() throws Exception {
        return log.transactions(NAME + "-").stream()
                .filter(listing -> listing.state() == TransactionState.ONGOING)
                .map(TransactionListing::transactionalId)
                .toList();
    }

    private List<Integer> generations() {
        return log.committed(late).stream()
                .map(record -> record.headers().lastHeader("generation").value())
                .map(value -> Integer.valueOf(new String(value, UTF_8)))
                .toList();
    }

    private JobConfig config(String... more) {
        List<String> args = new ArrayList<>(
                List.of("--bootstrap-servers=" + log.servers(), "--input-topic=" + topic, "--late-topic=" + late));
        args.addAll(List.of(more));
        if (args.stream().noneMatch(arg -> arg.startsWith("--generation"))) {
            args.add("--generation=" + generation);
        }
        return JobConfig.of(NAME, args.toArray(String[]::new));
    }

    /** Says of every record that it is late. */
    private static class EchoJob extends Job {

        EchoJob() {
            super(NAME, "For the test");
        }

        @Override
        public void define(StreamExecutionEnvironment env, JobConfig config) {
            int generation = config.get(JobOption.GENERATION);
            var outputs = KafkaSources.of(env, config, new EchoDecoder())
                    .map(decoded -> echo(decoded.fetched(), generation))
                    .returns(OutputSerializer.TYPE)
                    .uid("echo")
                    .name("echo");
            KafkaSinks.exactlyOnce(passed(outputs), config);
        }

        /** What goes on to the sink. */
        DataStream<Output> passed(DataStream<Output> outputs) {
            return outputs;
        }

        private static Output echo(Fetched fetched, int generation) {
            return new Output(
                    Output.Channel.LATE,
                    fetched.key(),
                    fetched.value(),
                    Map.of("generation", Integer.toString(generation)));
        }
    }

    /** Says results of a size that its topic does not take, faster than the brokers answer. */
    private static final class LargeResultsJob extends Job {

        LargeResultsJob() {
            super(NAME, "For the test");
        }

        @Override
        public void define(StreamExecutionEnvironment env, JobConfig config) {
            var outputs = env.fromSequence(1, 10_000)
                    .uid("numbers")
                    .map(number -> new Output(Output.Channel.RESULTS, null, new byte[100_000], Map.of()))
                    .returns(OutputSerializer.TYPE)
                    .uid("results");
            KafkaSinks.exactlyOnce(outputs, config);
        }
    }

    /** Once it has seen {@link #PROMISE}, its first subtask stops between a checkpoint and the commit of what that one promised. */
    private static final class PromisingJob extends EchoJob {

        static final String PROMISE = "promise";

        /** The checkpoint that promised what is not committed; 0 before. */
        static volatile long held;

        @Override
        DataStream<Output> passed(DataStream<Output> outputs) {
            return outputs.map(new Hold())
                    .returns(OutputSerializer.TYPE)
                    .uid("hold")
                    .name("hold");
        }

        private static final class Hold extends RichMapFunction<Output, Output> implements CheckpointedFunction {

            /** By checkpoint: whether the first subtask is past it, and holds when it is to. The second one's part is not done before. */
            private static final Map<Long, CompletableFuture<Void>> PASSED = new ConcurrentHashMap<>();

            private transient boolean promises;
            private transient long promised;

            @Override
            public Output map(Output output) throws InterruptedException {
                if (promised > 0) {
                    held = promised;
                    PASSED.get(promised).complete(null);
                    new CountDownLatch(1).await();
                }
                promises |= isFirst() && new String(output.value(), UTF_8).equals(PROMISE);
                return output;
            }

            @Override
            public void snapshotState(FunctionSnapshotContext context) throws Exception {
                CompletableFuture<Void> passed =
                        PASSED.computeIfAbsent(context.getCheckpointId(), id -> new CompletableFuture<>());
                if (!isFirst()) {
                    passed.get();
                } else if (promises) {
                    promised = context.getCheckpointId();
                } else {
                    passed.complete(null);
                }
            }

            private boolean isFirst() {
                return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
            }

            @Override
            public void initializeState(FunctionInitializationContext context) {}
        }
    }

    private static final class EchoDecoder implements RecordDecoder<String> {

        @Override
        public Decoded<String> read(Fetched fetched) {
            return Decoded.value(fetched, "", fetched.appendTime());
        }

        @Override
        public TypeInformation<String> valueType() {
            return Types.STRING;
        }
    }
}
