// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.streampane.contract.JobRun;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.state.Generations;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.TestCheckpoint;
import dev.streampane.local.state.Transactions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with open transactions of two jobs; Flink is the test's. */
class TxCommandIT {

    private static final String PROMISED = "weather-average-2-0-57";
    private static final String OPEN = "weather-average-2-0-58";
    private static final String PROMISED_OF_THE_OLDER_GENERATION = "weather-average-1-0-98";
    private static final String OF_THE_OLDER_GENERATION = "weather-average-1-0-99";
    private static final String OF_THE_OTHER_JOB = "transaction-total-1-0-1";
    private static final List<String> ALL =
            List.of(OF_THE_OTHER_JOB, PROMISED_OF_THE_OLDER_GENERATION, OF_THE_OLDER_GENERATION, PROMISED, OPEN);

    /** Neither is any command's: one that no job has begun, and one that has ended. */
    private static final String OF_NO_JOB = "somebody-else";

    private static final String COMMITTED = "weather-average-2-1-58";

    @TempDir
    static Path data;

    @AutoClose
    private static LocalKafka kafka;

    private static int portOffset;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<KafkaProducer<String, String>> producers = new ArrayList<>();
    private HttpServer flink;

    @BeforeAll
    static void startBroker() throws Exception {
        portOffset = IntStream.range(0, 1000)
                .map(i -> FreePorts.next() - StackPort.KAFKA.port(0))
                .filter(offset -> offset >= 0 && offset <= StackPort.LARGEST_OFFSET)
                .filter(offset -> FreePorts.isFree(StackPort.FLINK.port(offset)))
                .findFirst()
                .orElseThrow();
        kafka = LocalKafka.start(data.resolve("kafka"), StackPort.KAFKA.port(portOffset), FreePorts.next(), Map.of());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("window-results", 1, (short) 1),
                            new NewTopic(Generations.TOPIC, 1, (short) 1)))
                    .all()
                    .get();
        }
        TestCheckpoint.write(data.resolve("state/weather-average/1/chk-98"), 98);
        TestCheckpoint.write(data.resolve("state/weather-average/2/chk-57"), 57);
    }

    @BeforeEach
    void begin() throws Exception {
        for (String id : ALL) {
            begin(id);
        }
        begin(OF_NO_JOB);
        begin(COMMITTED).commitTransaction();
        // a commit is answered before it is complete
        await().until(TxCommandIT::open, ALL::equals);
    }

    private KafkaProducer<String, String> begin(String id) throws Exception {
        var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", id),
                new StringSerializer(),
                new StringSerializer());
        producers.add(producer);
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("window-results", "value")).get();
        return producer;
    }

    @AfterEach
    void end() {
        producers.forEach(KafkaProducer::close);
        if (flink != null) {
            flink.stop(0);
        }
    }

    @Test
    void shouldTellOrphansFromWhatARunningJobWillCommit() throws IOException {
        // Given
        flinkRuns("weather-average");
        stack(Map.of());

        // When
        int code = run("list");

        // Then
        assertThat(code).isZero();
        assertThat(listed())
                .containsExactly(
                        OF_THE_OTHER_JOB + " orphan",
                        PROMISED_OF_THE_OLDER_GENERATION + " promised",
                        OF_THE_OLDER_GENERATION + " orphan",
                        PROMISED + " promised",
                        OPEN + " running");
        assertThat(Transactions.list(kafka.bootstrapServers()))
                .last()
                .satisfies(open -> assertThat(open.job()).isEqualTo("weather-average"))
                .satisfies(open -> assertThat(open.generation()).isEqualTo(2))
                .satisfies(open -> assertThat(open.checkpointId()).isEqualTo(58))
                .satisfies(open -> assertThat(open.state()).isEqualTo(TransactionState.ONGOING))
                .satisfies(open -> assertThat(open.startedAt()).isPresent())
                .satisfies(open ->
                        assertThat(open.topicPartitions()).containsExactly(new TopicPartition("window-results", 0)));
    }

    @Test
    void shouldCallThemOrphansWhenFlinkIsDown() throws IOException {
        // Given
        stack(Map.of());

        // When
        run("list");

        // Then
        assertThat(listed()).contains(PROMISED + " promised", OPEN + " orphan");
    }

    @Test
    void shouldAbortTheOrphansOfAJobThatDoesNotRunAndRefuseWhatIsPromised() throws IOException {
        // Given
        flinkRuns("transaction-total");
        stack(Map.of());

        // When: again where the brokers take longer than they may
        int code = await().until(() -> run("abort", "weather-average"), is -> is < StackException.START_FAILED);

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines())
                .containsExactly(
                        "aborted " + OF_THE_OLDER_GENERATION,
                        "aborted " + OPEN,
                        "refused " + PROMISED_OF_THE_OLDER_GENERATION
                                + ": promised; --lose aborts it and loses what it holds",
                        "refused " + PROMISED + ": promised; --lose aborts it and loses what it holds");
        assertThat(open()).containsExactly(OF_THE_OTHER_JOB, PROMISED_OF_THE_OLDER_GENERATION, PROMISED);
    }

    @Test
    void shouldLeaveAloneWhatHasJustBegun() {
        // When
        var outcome = abort(open -> open.isOlderThan(Duration.ofMinutes(10)));

        // Then
        assertThat(outcome.aborted()).isEmpty();
        assertThat(open()).isEqualTo(ALL);
    }

    /** As Flink does when it restarts a job by itself. */
    @Test
    void shouldLeaveAloneWhatTheJobHasBegunAnewMeanwhile() throws Exception {
        // Given
        Predicate<JobTransaction> begunAnew = open -> {
            if (open.transactionalId().equals(OPEN)) {
                try {
                    begin(OPEN);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return true;
        };

        // When
        var outcome = abort(begunAnew);

        // Then
        assertThat(outcome.aborted())
                .extracting(JobTransaction::transactionalId)
                .containsExactly(OF_THE_OTHER_JOB, OF_THE_OLDER_GENERATION);
        producers.get(producers.size() - 1).commitTransaction();
        await().untilAsserted(() -> assertThat(open()).containsExactly(PROMISED_OF_THE_OLDER_GENERATION, PROMISED));
    }

    @Test
    void shouldWriteIntoTheRunWhatItLoses() throws Exception {
        // Given
        flinkRuns("transaction-total");
        stack(Map.of());
        Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
        JobRun second = new JobRun("weather-average", 2, "", List.of(), Map.of(), Instant.EPOCH, "1");
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(client, bytes, bytes)) {
            producer.send(new ProducerRecord<>(Generations.TOPIC, second.json()))
                    .get();
        }

        // When: again where the brokers take longer than they may
        int code =
                await().until(() -> run("abort", "weather-average", "--lose"), is -> is < StackException.START_FAILED);

        // Then
        assertThat(code).isZero();
        assertThat(open()).containsExactly(OF_THE_OTHER_JOB);
        assertThat(Generations.latest(client, "weather-average"))
                .hasValueSatisfying(run -> assertThat(run.aborted()).containsExactly(PROMISED));
    }

    @Test
    void shouldAbortNothingOfAJobThatRuns() throws IOException {
        // Given
        flinkRuns("weather-average");
        stack(Map.of());

        // When
        int code = run("abort", "weather-average", "--lose");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("weather-average runs and ends its transactions itself");
        assertThat(open()).isEqualTo(ALL);
    }

    @Test
    void shouldAbortNothingWhileFlinkDoesNotAnswerButItsTaskManagerLives() throws IOException {
        // Given
        stack(Map.of("taskmanager", self()));

        // When
        int code = run("abort", "weather-average");

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString()).contains("Flink does not answer").contains("nothing was aborted");
        assertThat(open()).isEqualTo(ALL);
    }

    @Test
    void shouldRefuseAJobThatThereIsNot() throws IOException {
        // Given
        stack(Map.of());

        // When
        int code = run("abort", "weather-avg");

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("JOB: 'weather-avg' is not allowed; allowed is weather-average, ");
    }

    private int run(String... command) {
        List<String> arguments = new ArrayList<>(List.of("tx"));
        arguments.addAll(List.of(command));
        arguments.addAll(List.of("--data", data.toString()));
        return Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    /** Tries again where the brokers take longer than they may. */
    private static Transactions.Outcome abort(Predicate<JobTransaction> which) {
        return await().ignoreExceptionsInstanceOf(TimeoutException.class)
                .until(
                        () -> Transactions.abort(kafka.bootstrapServers(), data.resolve("state"), which, false),
                        Objects::nonNull);
    }

    private Stream<String> listed() {
        return out.toString().lines().map(line -> line.split("\\s+")).map(words -> words[0] + ' ' + words[2]);
    }

    private static List<String> open() {
        return Transactions.list(kafka.bootstrapServers()).stream()
                .map(JobTransaction::transactionalId)
                .toList();
    }

    private static RunningStack.Child self() {
        return RunningStack.Child.of(ProcessHandle.current());
    }

    private static void stack(Map<String, RunningStack.Child> children) throws IOException {
        Http.JSON.writeValue(
                data.resolve("stack.json").toFile(),
                new RunningStack(
                        self(),
                        "ready",
                        portOffset,
                        Map.of(),
                        children,
                        List.of(
                                new RunningStack.Job("weather-average", 2, "id1", true),
                                new RunningStack.Job("transaction-total", 1, "id2", true))));
    }

    private void flinkRuns(String job) throws IOException {
        ObjectNode answer = Http.JSON.createObjectNode();
        ObjectNode running = answer.putArray("jobs").addObject();
        running.put("jid", "id1").put("name", job).put("state", "RUNNING");
        running.putObject("tasks").put("total", 2).put("running", 2);
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        flink = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), StackPort.FLINK.port(portOffset)), 0);
        flink.createContext("/jobs/overview", exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        flink.start();
    }
}
