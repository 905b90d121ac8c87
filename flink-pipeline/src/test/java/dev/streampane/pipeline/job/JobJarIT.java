// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalFlink;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ServerProcess;
import dev.streampane.local.server.SharedKafka;
import dev.streampane.pipeline.KafkaLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shaded jar on a Flink cluster of its own processes, submitted as anywhere: over REST. */
class JobJarIT {

    private static final Pattern SHARED = Pattern.compile("kafka-clients-|jackson-|zstd-jni-|snappy-java-");
    private static final String MAIN = "dev.streampane.pipeline.job.JobCatalog";

    private static LocalKafka kafka;
    private static LocalFlink flink;
    private static FlinkRest rest;
    private static KafkaLog log;
    private static String jar;

    @TempDir
    private static Path data;

    @BeforeAll
    static void start() throws Exception {
        kafka = SharedKafka.empty();
        log = new KafkaLog(kafka.bootstrapServers());
        flink = LocalFlink.start(
                data.resolve("flink"),
                LocalFlink.Ports.free(),
                Map.of("metrics.fetcher.update-interval", "1000")); // 10 s otherwise
        rest = new FlinkRest(flink.restUrl());
        jar = rest.upload(Checkout.jobJar());
    }

    @AfterAll
    static void stop() {
        flink.close();
        log.close();
    }

    @Test
    void shouldHoldTheLicencesOfWhatIsNotUnderApaches() throws IOException {
        Map<String, String> others = Map.of(
                "de/siegmar/fastcsv/", "fastcsv", "com/github/luben/zstd/", "zstd-jni", "org/locationtech/jts/", "jts");
        try (JarFile file = new JarFile(Checkout.jobJar().toFile())) {
            others.forEach((classes, name) -> {
                assertThat(file.stream().map(JarEntry::getName)).anyMatch(entry -> entry.startsWith(classes));
                assertThat(file.getEntry("META-INF/licenses/LICENSE." + name))
                        .as(name)
                        .isNotNull();
            });
        }
    }

    @Test
    void shouldHoldWhatAClusterHasNot() throws IOException {
        try (JarFile file = new JarFile(Checkout.jobJar().toFile())) {
            List<String> entries = file.stream().map(JarEntry::getName).toList();

            assertThat(entries)
                    .contains(
                            "dev/streampane/pipeline/job/JobCatalog.class",
                            "org/apache/kafka/clients/producer/KafkaProducer.class",
                            "org/apache/flink/connector/kafka/sink/KafkaSink.class",
                            "org/apache/flink/cep/CEP.class",
                            "META-INF/services/dev.streampane.pipeline.job.Job")
                    .noneMatch(entry -> entry.startsWith("org/slf4j/"))
                    .noneMatch(entry -> entry.startsWith("net/jpountz/"))
                    .noneMatch(entry -> entry.startsWith("org/apache/logging/"))
                    .noneMatch(entry -> entry.startsWith("org/apache/log4j/"))
                    .noneMatch(entry -> entry.startsWith("org/apache/flink/runtime/"))
                    .noneMatch(entry -> entry.startsWith("org/apache/flink/api/"))
                    .noneMatch(entry -> entry.startsWith("org/apache/flink/shaded/guava"))
                    .noneMatch(entry -> entry.endsWith("module-info.class"));
            assertThat(file.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo(MAIN);
        }
    }

    /** This cluster would hide that it lacks something: it shares these among its jobs. */
    @Test
    void shouldHoldAllThatTheLocalFlinkHasAndOthersHaveNot() throws IOException {
        Set<String> shared = new HashSet<>();
        for (Path path : Checkout.classPath("flink")) {
            if (SHARED.matcher(path.getFileName().toString()).lookingAt()) {
                shared.addAll(classes(path));
            }
        }

        assertThat(shared)
                .anyMatch(entry -> entry.startsWith("org/apache/kafka/clients/producer/"))
                .anyMatch(entry -> entry.startsWith("com/fasterxml/jackson/databind/"));
        shared.removeAll(classes(Checkout.jobJar())); // containsAll() would compare each with each
        assertThat(shared).isEmpty();
    }

    /** Names and checksums. */
    private static Set<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .filter(entry -> !entry.getName().startsWith("META-INF/"))
                    .filter(entry -> !entry.getName().equals("module-info.class"))
                    .map(entry -> entry.getName() + " " + Long.toHexString(entry.getCrc()))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void shouldSayInOneLineWhatIsNotAllowedAndLeaveTheClusterRunning() throws Exception {
        assertThatThrownBy(() -> run("weather-average", Optional.empty(), "--parallelism=0"))
                .hasMessageContaining("--parallelism: '0' is not allowed; allowed is a whole number from 1 to 32768");
        assertThatThrownBy(() -> run("no-such-job", Optional.empty()))
                .hasMessageContaining("'no-such-job' is no job; allowed are ");

        assertThat(rest.slots()).isEqualTo(LocalFlink.Size.USUAL.slots());
        assertThat(Files.readString(data.resolve("flink/jobmanager.log")))
                .contains("\n--parallelism: '0' is not allowed; ", "\n'no-such-job' is no job; ")
                .doesNotContain("BadOptionException", "STREAMPANE_JAVA_OPTIONS");
    }

    @Test
    void shouldRunAndGoOnFromItsStateUnderItsGeneration() throws Exception {
        String id = run("transaction-total", Optional.empty());
        awaitUp(id);
        assertThat(new JobRuns("job-runs", config().kafka())
                        .runs("transaction-total")
                        .get(1)
                        .jobId())
                .isEqualTo(id);
        assertThatThrownBy(() -> rest.run(jar, MAIN, arguments("transaction-total"), Optional.empty(), true, id))
                .isInstanceOfSatisfying(Http.StatusException.class, again -> assertThat(FlinkRest.isTaken(again))
                        .as(again.getMessage())
                        .isTrue());
        log.write("transactions", 0, "3", "{\"client\":3,\"amount\":120,\"ts\":\"2024-05-12 02:11:37\"}");
        heartbeats("2024-05-12T02:12:05Z");
        await().untilAsserted(() -> assertThat(log.committed("window-results")).hasSize(1));

        assertThatThrownBy(() -> run("transaction-total", Optional.empty()))
                .hasMessageContaining(
                        "--generation: '1' is not allowed; allowed is a number above 1, the last that topic job-runs has of transaction-total, or a start from state");

        Path savepoint = stop(id);
        assertThat(savepoint).isDirectory().hasParent(data.resolve("state/transaction-total/1"));
        String next = run("transaction-total", Optional.of(savepoint));
        awaitUp(next);
        log.write("transactions", 1, "3", "{\"client\":\"3\",\"amount\":0.5,\"ts\":\"2024-05-12T02:11:38Z\"}");
        heartbeats("2024-05-12T02:12:06Z");

        await().untilAsserted(() -> assertThat(log.committed("window-results")).hasSize(2));
        assertThat(log.committedValues("window-results").get(1))
                .contains("\"rev\":2,\"status\":\"REVISED\"")
                .contains("120.5");
        assertThat(rest.restarts(next)).isZero();
        rest.cancel(next);
    }

    /** The library of patterns comes with the jar alone. */
    @Test
    void shouldDetectFraudOnACluster() throws Exception {
        log.create("payments", 1);
        String id = run("fraud-detection", Optional.empty(), "--input-topic=payments");
        awaitUp(id);
        log.write("payments", 0, "7", "{\"client\":7,\"amount\":1,\"ts\":\"2024-05-12T02:11:37Z\"}");
        log.write("payments", 0, "7", "{\"client\":7,\"amount\":600,\"ts\":\"2024-05-12T02:11:47Z\"}");
        log.write("payments", 0, null, "{\"ts\":\"2024-05-12T02:12:00Z\"}", "heartbeat");

        await().untilAsserted(() -> assertThat(log.committed("alerts")).hasSize(1));
        assertThat(log.committedValues("alerts").get(0))
                .contains("\"fraud-detection~small-then-large~7~payments-0-0\"");
        await().untilAsserted(() -> {
            Optional<String> offset =
                    rest.metric(id, ".*\\.KafkaSourceReader\\.topic\\.payments\\.partition\\.0\\.currentOffset");
            assertThat(offset).isPresent();
            assertThat(rest.sum(offset.get())).contains(2L);
        });
        assertThat(rest.restarts(id)).isZero();
        rest.cancel(id);
    }

    /** {@code flink run --target local}, as in a container of the image alone. */
    @Test
    void shouldCountWordsInTheProcessOfFlinksOwnCommand() throws Exception {
        // Given
        Path text = Files.writeString(data.resolve("text"), "flink window flink\n");
        Path config = Files.createDirectory(data.resolve("conf"));
        Files.createFile(config.resolve("config.yaml"));
        String classPath =
                Checkout.classPath("flink").stream().map(Path::toString).collect(Collectors.joining(":"));
        List<String> words = ServerProcess.java();
        words.addAll(List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                classPath,
                "org.apache.flink.client.cli.CliFrontend",
                "run",
                "--target",
                "local",
                Checkout.jobJar().toString(),
                "word-count",
                "--bootstrap-servers=127.0.0.1:1",
                "--source=file:" + text,
                "--output=console"));
        ProcessBuilder command = new ProcessBuilder(words).redirectErrorStream(true);
        command.environment().put("FLINK_CONF_DIR", config.toString());
        // When
        Process process = command.start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        // Then
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines())
                .containsSubsequence("1> +I[flink, 1]", "1> +I[window, 1]", "1> -U[flink, 1]", "1> +U[flink, 2]");
    }

    private static void heartbeats(String time) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            log.write("transactions", partition, null, "{\"ts\":\"" + time + "\"}", "heartbeat");
        }
    }

    private static String run(String job, Optional<Path> state, String... more) throws IOException {
        return rest.run(jar, MAIN, arguments(job, more), state, true, FlinkRest.newJobId());
    }

    private static List<String> arguments(String job, String... more) {
        List<String> arguments = new ArrayList<>(List.of(job));
        arguments.add("--bootstrap-servers=" + log.servers());
        arguments.add("--state-dir=" + data.resolve("state"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static void awaitUp(String id) {
        await().untilAsserted(() -> assertThat(rest.jobs())
                .filteredOn(job -> job.id().equals(id))
                .allMatch(FlinkRest.Job::isUp)
                .hasSize(1));
    }

    private static Path stop(String id) throws IOException {
        String request = rest.stop(id, FlinkPaths.text(data.resolve("state/transaction-total/1")));
        String[] savepoint = new String[1];
        await().until(() -> {
            savepoint[0] = rest.stopped(id, request).orElse(null);
            return savepoint[0] != null;
        });
        return Path.of(URI.create(savepoint[0]));
    }

    private static JobConfig config() {
        return JobConfig.of("transaction-total", "--bootstrap-servers=" + log.servers());
    }
}
