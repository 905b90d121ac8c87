// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServiceBuild;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged service as a process of its own, with a broker that comes and goes and no Elasticsearch. */
@Tag("native")
class ProcessIT {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final List<Process> processes = new ArrayList<>();
    private final int[] ports = FreePorts.next(2);
    private final URI root = URI.create("http://127.0.0.1:" + ports[0]);
    private final URI management = URI.create("http://127.0.0.1:" + ports[1]);
    private final Path folder;

    ProcessIT() throws IOException {
        folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "process");
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldWaitForBrokerAndTopicServeResumeAfterRestartAndNoticeAnotherTopic() throws Exception {
        int[] broker = FreePorts.next(2);
        String brokers = "127.0.0.1:" + broker[0];
        // Given: nothing to connect to
        Process first = start(Map.of("KAFKA_BOOTSTRAP_SERVERS", brokers));
        patiently().until(() -> status("/q/health/live").equals(Optional.of(200)));
        assertThat(status("/q/health/ready")).contains(503);
        assertThat(healthy(ports[1], "/q/health/live")).isZero();
        assertThat(healthy(ports[1], "/q/health/ready")).isOne();
        assertThat(healthy(broker[0], "/q/health/live")).isOne(); // where nothing listens
        for (String path : List.of("/api/v1/stream", "/api/v1/windows?job=j", "/api/v1/jobs/j/keys")) {
            assertThat(status(path)).contains(503);
            assertThat(get(path).flatMap(answer -> answer.headers().firstValue("Retry-After")))
                    .as(path)
                    .contains("2");
        }
        assertThat(status("/api/v1/audit")).contains(503);
        assertThat(status("/api/v1/jobs")).contains(503);
        try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"), broker[0], broker[1], Map.of());
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            // a broker without the topic
            patiently().until(() -> body("/q/health/ready").contains("TOPIC_MISSING"));
            // When
            Left left = shouldServe(admin, brokers, first);
            // Then: the next process goes on where the client was
            start(
                    Map.of(),
                    "-Dkafka.bootstrap.servers=" + kafka.bootstrapServers(),
                    "-Dquarkus.log.console.json.enabled=true");
            patiently().until(() -> status("/q/health/ready").equals(Optional.of(200)));
            assertThat(log()).contains("\"loggerName\":\"dev.streampane.results.log");
            shouldResume(left);
            shouldResetWhenTheTopicIsMadeAnew(admin, brokers);
            shouldServeWhileTheBrokerIsAway(kafka);
        }
    }

    /** Where a client was, and what it had not seen by then: results of several partitions come in no order. */
    private record Left(String position, List<String> unseen) {}

    /** Ends the process by SIGTERM with a stream open, and returns the place behind the third of ten results. */
    private Left shouldServe(Admin admin, String brokers, Process process) throws Exception {
        admin.createTopics(List.of(new NewTopic("window-results", 4, (short) 1)))
                .all()
                .get();
        patiently().until(() -> status("/q/health/ready").equals(Optional.of(200)));
        try (EventStream events = EventStream.open(root.resolve("/api/v1/stream"), null);
                Log log = new Log(brokers)) {
            for (int n = 0; n < 10; n++) {
                log.put("window-results", n % 4, "k" + n, numbered(n));
            }
            patiently().untilAsserted(() -> assertThat(events.data("window"))
                    .containsExactlyInAnyOrderElementsOf(numbered(0, 10)));
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            await().until(events::ended);
            assertThat(log()).contains("results-api stopped");
            return new Left(events.results().get(2).id(), events.data("window").subList(3, 10));
        }
    }

    private void shouldResume(Left left) {
        try (EventStream events = EventStream.open(root.resolve("/api/v1/stream"), left.position())) {
            patiently().untilAsserted(() -> assertThat(events.data("window"))
                    .containsExactlyInAnyOrderElementsOf(left.unseen()));
            assertThat(events.data("reset")).isEmpty();
        }
    }

    private void shouldResetWhenTheTopicIsMadeAnew(Admin admin, String brokers) throws Exception {
        try (EventStream events = EventStream.open(root.resolve("/api/v1/stream"), null)) {
            await().until(() -> !events.lastEventId().isEmpty());
            admin.deleteTopics(List.of("window-results")).all().get();
            patiently()
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
                    .until(() -> {
                        admin.createTopics(List.of(new NewTopic("window-results", 4, (short) 1)))
                                .all()
                                .get();
                        return true;
                    });
            patiently().untilAsserted(() -> assertThat(events.data("reset")).hasSize(1));
            assertThat(events.data("reset").get(0)).contains("\"reason\":\"recreated\"");
            try (Log log = new Log(brokers)) {
                log.put("window-results", 0, "k", numbered(77));
            }
            patiently().untilAsserted(() -> assertThat(events.data("window")).containsExactly(numbered(77)));
        }
    }

    /** Also where there were no topics of alerts and of words, of which it no longer knows that then. */
    private void shouldServeWhileTheBrokerIsAway(LocalKafka kafka) throws Exception {
        kafka.kill();
        for (String topic : List.of("window-results", "alerts", "word-counts")) {
            patiently().until(() -> log().contains("\"Waiting for topic: topic=" + topic + " state=BROKER_AWAY"));
        }
        assertThat(status("/q/health/ready")).contains(200);
        try (EventStream events = EventStream.open(root.resolve("/api/v1/stream?snapshot=1"), null)) {
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(numbered(77)));
        }
    }

    /** {@link ResultsConfigTest} has more values. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    results.tail-size=5 | results.tail-size, greater than or equal to 100
                    results.tail-size=many results.unknown=1 | results.tail-size, integer, results.unknown, does not map
                    """)
    void shouldNotStartWithBadValuesAndSayWhatIsAllowed(String values, String said) throws Exception {
        // When
        Process process =
                start(Map.of(), Stream.of(values.split(" ")).map("-D"::concat).toArray(String[]::new));
        // Then
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(log()).contains(said.split(", "));
    }

    private Process start(Map<String, String> environment, String... properties) throws IOException {
        List<String> options = new ArrayList<>(List.of("-Xmx128m"));
        options.addAll(List.of(properties));
        ProcessBuilder builder = new ProcessBuilder(ServiceBuild.underTest().command("results-api", options));
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(ports[0]));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(ports[1]));
        builder.environment().put("QUARKUS_ELASTICSEARCH_HOSTS", "127.0.0.1:" + FreePorts.next());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("service.log").toFile()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** What the images' health check ends with. */
    private static int healthy(int port, String path) throws Exception {
        List<String> command = new ArrayList<>(ServiceBuild.underTest().command("results-api", List.of()));
        command.addAll(List.of("--healthy", path));
        ProcessBuilder check = new ProcessBuilder(command);
        check.environment().put("QUARKUS_MANAGEMENT_PORT", String.valueOf(port));
        Process asked = check.start();
        assertThat(asked.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return asked.exitValue();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("service.log"));
    }

    private Optional<Integer> status(String path) throws Exception {
        return get(path).map(HttpResponse::statusCode);
    }

    private String body(String path) throws Exception {
        return get(path).map(HttpResponse::body).orElse("");
    }

    private Optional<HttpResponse<String>> get(String path) throws Exception {
        URI where = path.startsWith("/q/health") ? management : root;
        HttpRequest request = HttpRequest.newBuilder(where.resolve(path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return Optional.of(HTTP.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) { // a process that starts or ends refuses, breaks off or keeps one
            // waiting
            return Optional.empty();
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(60, TimeUnit.SECONDS);
    }

    private static String numbered(int n) {
        return result("process", "k" + n, SIX.plusSeconds(60L * n));
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(ProcessIT::numbered).toList();
    }
}
