// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.apache.kafka.clients.CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.command.Streampane;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.CutProxy;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceUnderTest;
import dev.streampane.local.state.Generations;
import dev.streampane.local.state.NewestState;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import picocli.CommandLine;

/**
 * What deploy/compose does without containers: its commands, its environments, its health checks and its smoke test, on servers of this
 * machine. Addresses and paths are the only thing that is changed in what compose.yaml says.
 */
class ComposeIT {

    private static final Path COMPOSE = Checkout.root().resolve("deploy/compose");
    private static final List<String> JOBS =
            List.of("weather-average", "transaction-total", "index-results", "fraud-detection");

    @TempDir
    Path data;

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private LocalKafka kafka;
    private LocalElasticsearch elasticsearch;
    private LocalFlink flink;

    @BeforeEach
    void startServers() {
        int[] ports = FreePorts.next(4);
        kafka = new LocalKafka(data.resolve("kafka"), ports[0], ports[1], Map.of());
        kafka.launch();
        running.push(kafka);
        elasticsearch = new LocalElasticsearch(data.resolve("elasticsearch"), ports[2], ports[3]);
        elasticsearch.launch();
        running.push(elasticsearch);
        flink = new LocalFlink(data.resolve("flink"), LocalFlink.Ports.free(), LocalFlink.Size.USUAL, Map.of());
        flink.launchJobManager();
        flink.launchTaskManager();
        running.push(flink);
        kafka.awaitReady();
        elasticsearch.awaitReady();
        flink.awaitReady();
    }

    @AfterEach
    void closeServers() throws Exception {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    @Test
    void shouldRunJobsThatGoOnAfterTheJobManagerWasStartedAnew() throws Exception {
        // Given
        assertThat(healthy("jobmanager")).isZero();
        assertThat(healthy("taskmanager")).isZero();
        assertThat(run("prepare")).contains("topics: the", "index templates: put");
        assertThat(submitAndHearNothing("weather-average")).contains("weather-average cannot be started");
        // from here on until Flink shows the job, it looks like a generation that came to nothing
        await().pollInterval(Duration.ofMillis(20))
                .until(() ->
                        Generations.next(Map.of(BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()), "weather-average")
                                > 1);
        assertThat(run("jobs")).contains("transaction-total: generation 1, without state");
        assertThat(new FlinkRest(flink.restUrl()).jobs())
                .extracting(FlinkRest.Job::name)
                .containsExactlyInAnyOrderElementsOf(JOBS);
        try (LocalService iot = service("iot-simulator");
                LocalService results = service("results-api")) {
            iot.launch();
            results.launch();
            iot.awaitReady();
            results.awaitReady();
            assertThat(smoke(results.url().getPort())).contains("live window", "window by REST");
        }
        assertThat(run("prepare")).contains("topics: the");
        assertThat(run("jobs")).contains("weather-average: runs already");
        Path state = data.resolve("streampane/state");
        await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> assertThat(JOBS)
                .allMatch(job -> NewestState.find(state, job, 1).isPresent()));

        StringWriter watched = new StringWriter();
        List<String> watching = arguments("jobs");
        watching.add("--watch");
        Thread watch = new Thread(() -> execute(watching, watched));
        watch.setDaemon(true);
        watch.start();
        running.push(watch::interrupt);

        // When
        flink.kill();
        flink.restart();

        // Then
        await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> assertThat(new FlinkRest(flink.restUrl()).jobs())
                .filteredOn(FlinkRest.Job::isUp)
                .extracting(FlinkRest.Job::name)
                .containsExactlyInAnyOrderElementsOf(JOBS));
        await().untilAsserted(() -> assertThat(JOBS)
                .allMatch(job -> watched.toString().contains(job + ": generation 1, on from checkpoint ")));
    }

    /** Submits a job over a network that fails when Flink has the submission and has not answered; what was printed. */
    private String submitAndHearNothing(String job) throws IOException {
        try (CutProxy network = new CutProxy(flink.restUrl())) {
            network.cutBehind(piece -> piece.contains("\"entryClass\""));
            StringWriter printed = new StringWriter();
            List<String> arguments = arguments("jobs");
            arguments.replaceAll(word -> word.replace(authority(flink.restUrl()), authority(network.url()))
                    .replaceFirst("^--jobs=.*", "--jobs=" + job));
            assertThat(execute(arguments, printed)).isNotZero();
            return printed.toString();
        }
    }

    /** Does once what a service of commands does; what it printed. */
    private String run(String service) {
        StringWriter printed = new StringWriter();
        assertThat(execute(arguments(service), printed)).as(printed.toString()).isZero();
        return printed.toString();
    }

    private static int execute(List<String> arguments, StringWriter printed) {
        return new CommandLine(new Streampane())
                .setOut(new PrintWriter(printed, true))
                .setErr(new PrintWriter(printed, true))
                .execute(arguments.toArray(String[]::new));
    }

    /** What {@code streampane} is started with there. */
    private List<String> arguments(String service) {
        List<String> words = new ArrayList<>();
        for (String field : List.of("entrypoint", "command")) {
            Object value = compose(service).get(field);
            if (value != null) {
                ((List<?>) value).forEach(word -> words.add(word.toString()));
            }
        }
        words.subList(0, words.indexOf(Streampane.class.getName()) + 1).clear();
        words.remove("--watch");
        return words;
    }

    private int healthy(String service) throws IOException, InterruptedException {
        List<?> test = (List<?>) ((Map<?, ?>) compose(service).get("healthcheck")).get("test");
        assertThat(test.get(0)).hasToString("CMD");
        return new ProcessBuilder(test.stream().skip(1).map(Object::toString).toList())
                .inheritIO()
                .start()
                .waitFor();
    }

    private LocalService service(String name) {
        Map<String, String> environment = new LinkedHashMap<>();
        ((Map<?, ?>) compose(name).get("environment"))
                .forEach((key, value) -> environment.put(key.toString(), value.toString()));
        return ServiceUnderTest.onFreePorts(name, data.resolve("services"), environment);
    }

    private static String smoke(int port) throws IOException, InterruptedException {
        ProcessBuilder smoke =
                new ProcessBuilder(COMPOSE.resolve("smoke").toString(), "--within", "600").redirectErrorStream(true);
        smoke.environment().put("RESULTS_API_PORT", String.valueOf(port));
        Process process = smoke.start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    /** A service as Compose would start it, with this machine's addresses and paths. */
    private Map<?, ?> compose(String service) {
        try {
            String yaml = Files.readString(COMPOSE.resolve("compose.yaml"));
            for (String line : Files.readAllLines(COMPOSE.resolve(".env"))) {
                if (line.matches("\\w+=.*")) {
                    String[] pair = line.split("=", 2);
                    yaml = yaml.replace("${" + pair[0] + "}", pair[0].equals("WINDOWS") ? "tumbling(5s)" : pair[1]);
                }
            }
            String here = yaml.replace("kafka:19092", kafka.bootstrapServers())
                    .replace("elasticsearch:9200", authority(elasticsearch.url()))
                    .replace("jobmanager:8081", authority(flink.restUrl()))
                    .replaceAll(
                            "/dev/tcp/(?:localhost|jobmanager)/8081",
                            "/dev/tcp/127.0.0.1/" + flink.restUrl().getPort())
                    .replace("/var/lib/streampane", data.resolve("streampane").toString())
                    .replace(
                            "/opt/streampane",
                            Checkout.root().resolve("flink-pipeline/target").toString());
            LoadSettings settings =
                    LoadSettings.builder().setSchema(new CoreSchema()).build();
            Map<?, ?> root = (Map<?, ?>) new Load(settings).loadFromString(here);
            return (Map<?, ?>) ((Map<?, ?>) root.get("services")).get(service);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String authority(URI uri) {
        return uri.getHost() + ":" + uri.getPort();
    }
}
