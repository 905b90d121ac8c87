// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.NodePackages;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.compose.ComposeFile.Container;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComposeTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/compose");
    private static final ComposeFile FILE = read(FOLDER);

    @Test
    void shouldSayNothingThatTheCodeDoesNotHave() {
        assertThat(findings(FILE)).isEmpty();
    }

    @Test
    void shouldBringWhatThePagesPromise() {
        assertThat(FILE.containers())
                .extracting(Container::name)
                .contains(
                        "kafka", "jobmanager", "taskmanager", "elasticsearch", "kibana", "kibana-dashboards", "prepare")
                .contains("jobs", "iot-simulator", "transaction-simulator", "results-api");
        assertThat(FILE.containers().stream()
                        .map(it -> it.node().at("/profiles/0").asText() + " " + it.name()))
                .filteredOn(it -> !it.startsWith(" "))
                .containsExactlyInAnyOrder(
                        ("timeseries s3,timeseries influxdb,timeseries telegraf,timeseries jobs-timeseries,"
                                        + "monitoring prometheus,monitoring grafana,tools kafka-ui")
                                .split(","));
    }

    @Test
    void shouldBeTakenByTheLinter(@TempDir Path folder) throws Exception {
        assertThat(lint(folder, FILE)).isEqualTo(new Ended(0, ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    '    mem_limit: 1g' | '    memory_limit: 1g' | invalid-schema
                    apache/kafka:4.2.1 | apache/kafka:latest | service-image-require-explicit-tag
                    127.0.0.1:${FLINK_PORT} | ${FLINK_PORT} | no-unbound-port-interfaces
                    """)
    void shouldNotBeTakenByTheLinter(String before, String after, String rule, @TempDir Path folder) throws Exception {
        // When
        Ended ended = lint(folder, changed(before, after));
        // Then
        assertThat(ended.code()).isNotZero();
        assertThat(ended.output()).contains(rule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'apache/kafka:4.2.1' | 'apache/kafka:4.1.0' | 'kafka: 4.1.0 is not the version that the tests run'
                    'streampane/results-api:' | 'streampane/results:' | 'results-api: image streampane/results:1.0.0 is not made here'
                    'job.Containerfile' | 'jobs.Containerfile' | 'jobmanager: jobs.Containerfile does not exist'
                    './telegraf.conf:' | './telegraph.conf:' | 'telegraf: telegraph.conf does not exist'
                    '${IOT_RATE}' | '${IOT_RATES}' | 'IOT_RATES is not in .env'
                    '${IOT_RATE}' | '5' | 'IOT_RATE of .env is not in compose.yaml'
                    '${IOT_RATE}' | '${IOT_RATE:-5}' | '${IOT_RATE:-5} is not in .env'
                    'IOT_SEED: $' | 'IOT_SEEDS: $' | 'iot-simulator: IOT_SEEDS is read by nobody'
                    'QUARKUS_ELASTICSEARCH_HOSTS' | 'QUARKUS_ELASTICSEARCH_HOST' | 'results-api: QUARKUS_ELASTICSEARCH_HOST is read by nobody'
                    'KAFKA_PROCESS_ROLES' | 'KAFKA_PROCESS_ROLE' | 'kafka: KAFKA_PROCESS_ROLE is read by nobody'
                    'audit-topic=audit' | 'audit-topic=audits' | 'jobs: audits is no topic'
                    's3://streampane/' | 's3://archives/' | 'jobs-timeseries: nobody makes the bucket archives'
                    ':parallelism=1' | ':parallelism=2' | 'jobs take 9 slots of 8'
                    'taskmanager.numberOfTaskSlots' | 'taskmanager.numberOfSlots' | 'jobmanager: Flink has no option taskmanager.numberOfSlots'
                    's3.path.style.access' | 's3.path-style' | 'taskmanager: Flink has no option s3.path-style'
                    'metrics.reporter.prom.port' | 'metrics.reporter.prom.ports' | 'taskmanager: Flink has no option metrics.reporter.prom.ports'
                    '"604800000"' | '"900000"' | 'kafka: lets transactions stay open for another time than the jobs want'
                    '      taskmanager.numberOfTaskSlots' | '      # slots\n      taskmanager.numberOfTaskSlots' | 'taskmanager: Flink has no option #slots'
                    '-XX:+UseSerialGC' | '-XX:+UseZGC' | 'jobs: does not start as its image does'
                    'pull_policy: ${PULL_POLICY}' | 'init: true' | 'results-api: its image may come from strangers'
                    '--flink=' | '--flinks=' | 'jobs: Missing required option: ''--flink=URL'''
                    '--jobs=time-series-speed' | '--jobs=time-series-fast' | 'jobs-timeseries: time-series-fast is no job'
                    'archive:compact-after' | 'archive:compact' | 'jobs-timeseries: time-series-archive:compact is no option of a job'
                    ':9200"]' | ':9201"]' | 'prepare: nobody listens on elasticsearch:9201'
                    'kafka:19092\n      IOT' | 'kafka:9094\n      IOT' | 'iot-simulator: nobody listens on kafka:9094'
                    '_PORT}:8082' | '_PORT}:8092' | 'iot-simulator: does not listen on 8092'
                    'PORT: "8080"' | 'PORT: "8090"' | 'results-api: is built for another port than 8080'
                    """)
    void shouldNameWhatIsWrong(String before, String after, String finding) {
        // When
        List<String> findings = findings(changed(before.replace("\\n", "\n"), after.replace("\\n", "\n")));

        // Then
        assertThat(findings).contains(finding);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    dashboards/prometheus/prometheus.yml | results-api:9080 | results-api:8090 | prometheus: nobody listens on results-api:8090
                    dashboards/prometheus/prometheus.yml | /q/metrics | /metrics | prometheus: results-api:9080 does not answer /metrics
                    dashboards/prometheus/prometheus.yml | results-api:9080 | results-api:8080 | prometheus: results-api:8080 does not answer /q/metrics
                    dashboards/prometheus/prometheus.yml | port: 9249 | port: 9250 | prometheus: nobody listens on taskmanager:9250
                    dashboards/grafana/provisioning/datasources/streampane.yml | elasticsearch:9200 | elastic:9200 | grafana: nobody listens on elastic:9200
                    compose/telegraf.conf | kafka:19092 | kafka:9094 | telegraf: nobody listens on kafka:9094
                    compose/telegraf.conf | "telegraf"] | "points"] | telegraf: points is no topic
                    """)
    void shouldNameWhatIsWrongInAMountedFile(
            String name, String before, String after, String finding, @TempDir Path deploy) throws Exception {
        // Given
        for (String folder : List.of("compose", "dashboards")) {
            copy(FOLDER.resolveSibling(folder), deploy.resolve(folder));
        }
        Path changed = deploy.resolve(name);
        String text = Files.readString(changed);
        assertThat(text).contains(before);
        Files.writeString(changed, text.replace(before, after));

        // When
        List<String> findings = findings(read(deploy.resolve("compose")));

        // Then
        assertThat(findings).contains(finding);
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Test
    void shouldHoldDefaultsToTheCode() throws Exception {
        // Given
        String env = Files.readString(FOLDER.resolve(".env"));

        // When
        List<String> jobs = findings(with(env.replace("JOBS=weather-average", "JOBS=weather")));
        List<String> slots = findings(with(env.replaceAll("JOBS=.*", "JOBS=all")));
        List<String> ports = findings(with(env.replace("8083", "8084")));
        List<String> comments = undocumented(env.replaceAll("(?m)^# Ports.*\\R", ""));

        // Then
        assertThat(jobs).containsExactly("jobs: weather is no job");
        assertThat(slots).containsExactly("jobs take 9 slots of 8");
        assertThat(ports)
                .containsExactly("transaction-simulator: is published on 8084, not where every page says it is");
        assertThat(undocumented(env)).isEmpty();
        assertThat(comments).contains("FLINK_PORT");
    }

    /** Variables without a comment above them in their paragraph. */
    private static List<String> undocumented(String env) {
        return Stream.of(env.split("\\n\\n"))
                .flatMap(paragraph -> paragraph.lines().takeWhile(line -> !line.startsWith("#")))
                .filter(line -> line.contains("="))
                .map(line -> line.replaceAll("=.*", ""))
                .toList();
    }

    @Test
    void shouldTellProgramsOnThisMachineThePortThatIsMoved() throws Exception {
        // Given
        String env = Files.readString(FOLDER.resolve(".env")).replace("=9092", "=9192");

        // When
        List<String> moved = findings(with(env));
        List<String> forgotten =
                findings(ComposeFile.of(FOLDER, FILE.yaml().replace(":${KAFKA_PORT}\n", ":9092\n"), env));

        // Then
        assertThat(moved).isEmpty();
        assertThat(forgotten).contains("kafka: is published on 9192, and tells clients another port");
    }

    private static ComposeFile read(Path folder) {
        return ComposeFile.of(
                folder, Sources.text(folder.resolve("compose.yaml")), Sources.text(folder.resolve(".env")));
    }

    private static List<String> findings(ComposeFile file) {
        Findings found = new Findings();
        new ComposeCheck(file, found).check();
        new CodeCheck(file, found).check();
        return found.all();
    }

    private static Ended lint(Path folder, ComposeFile file) throws Exception {
        Path resolved = Files.writeString(folder.resolve("compose.yaml"), file.resolved());
        return NodePackages.run(resolved, "node", "compose.mjs");
    }

    private static ComposeFile changed(String before, String after) {
        assertThat(FILE.yaml()).contains(before);
        return ComposeFile.of(FOLDER, FILE.yaml().replace(before, after), Sources.text(FOLDER.resolve(".env")));
    }

    private static ComposeFile with(String env) {
        return ComposeFile.of(FOLDER, FILE.yaml(), env);
    }
}
