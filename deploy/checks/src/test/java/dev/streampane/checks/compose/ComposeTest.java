// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.NodePackages;
import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Findings;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComposeTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/compose");
    private static final ComposeFile FILE = ComposeFile.of(FOLDER);

    @Test
    void shouldSayNothingThatTheCodeDoesNotHave() {
        assertThat(findings(FILE)).isEmpty();
    }

    @Test
    void shouldBeTakenByTheLinter(@TempDir Path folder) throws Exception {
        assertThat(lint(folder, FILE.resolved())).isEqualTo(new Ended(0, ""));
    }

    @ParameterizedTest
    @CsvSource({
        "compose/smoke, --within, 5m, a whole number of seconds",
        "compose/smoke, --within, 08, a whole number of seconds",
        "compose/smoke, --within, , a whole number of seconds",
        "containers/smoke, --starts, many, a whole number",
        "containers/smoke, --port-offset, 1k, a whole number"
    })
    void shouldRefuseNumbersThatAreNone(String script, String option, String value, String allowed) throws Exception {
        // When
        Ended ended = Tools.run(
                Checkout.root(),
                Stream.of("deploy/" + script, option, value)
                        .filter(Objects::nonNull)
                        .toList());
        // Then
        assertThat(ended)
                .isEqualTo(new Ended(
                        2,
                        "smoke: %s: '%s' is not allowed; allowed is %s\n"
                                .formatted(option, value == null ? "" : value, allowed)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    '    mem_limit: 1g' | '    memory_limit: 1g' | invalid-schema
                    apache/kafka:4.2.1 | apache/kafka:latest | service-image-require-explicit-tag
                    127.0.0.1:8081 | 8081 | no-unbound-port-interfaces
                    """)
    void shouldNotBeTakenByTheLinter(String before, String after, String rule, @TempDir Path folder) throws Exception {
        // When
        Ended ended = lint(folder, FILE.resolved().replace(before, after));
        // Then
        assertThat(ended.code()).isNotZero();
        assertThat(ended.output()).contains(rule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    compose/compose.yaml | 'apache/kafka:4.2.1' | 'apache/kafka:4.1.0' | 'kafka: 4.1.0 is not the version that the tests run'
                    compose/compose.yaml | 'streampane/results-api:' | 'streampane/results:' | 'results-api: image streampane/results:1.0.0 is not made here'
                    compose/compose.yaml | 'job.Containerfile' | 'jobs.Containerfile' | 'jobmanager: jobs.Containerfile does not exist'
                    compose/compose.yaml | './telegraf.conf:' | './telegraph.conf:' | 'telegraf: telegraph.conf does not exist'
                    compose/compose.yaml | '${IOT_RATE}' | '${IOT_RATES}' | 'IOT_RATES is not in .env'
                    compose/compose.yaml | '${IOT_RATE}' | '5' | 'IOT_RATE of .env is not in compose.yaml'
                    compose/compose.yaml | '${IOT_RATE}' | '${IOT_RATE:-5}' | '${IOT_RATE:-5} is not in .env'
                    compose/compose.yaml | 'IOT_SEED: $' | 'IOT_SEEDS: $' | 'iot-simulator: IOT_SEEDS is read by nobody'
                    compose/compose.yaml | 'QUARKUS_ELASTICSEARCH_HOSTS' | 'QUARKUS_ELASTICSEARCH_HOST' | 'results-api: QUARKUS_ELASTICSEARCH_HOST is read by nobody'
                    compose/compose.yaml | 'KAFKA_PROCESS_ROLES' | 'KAFKA_PROCESS_ROLE' | 'kafka: KAFKA_PROCESS_ROLE is read by nobody'
                    compose/compose.yaml | 'audit-topic=audit' | 'audit-topic=audits' | 'jobs: audits is no topic'
                    compose/compose.yaml | 's3://streampane/' | 's3://archives/' | 'jobs-timeseries: nobody makes the bucket archives'
                    compose/compose.yaml | 'taskmanager.numberOfTaskSlots' | 'taskmanager.numberOfSlots' | 'jobmanager: Flink has no option taskmanager.numberOfSlots'
                    compose/compose.yaml | 's3.path.style.access' | 's3.path-style' | 'taskmanager: Flink has no option s3.path-style'
                    compose/compose.yaml | 'metrics.reporter.prom.port' | 'metrics.reporter.prom.ports' | 'taskmanager: Flink has no option metrics.reporter.prom.ports'
                    compose/compose.yaml | 'env.java.opts.taskmanager' | 'env.java.opts.client' | 'taskmanager: lives on without the threads that memory has ended'
                    compose/compose.yaml | '"604800000"' | '"900000"' | 'kafka: lets transactions stay open for another time than the jobs want'
                    compose/compose.yaml | '      taskmanager.numberOfTaskSlots' | '      # slots\n      taskmanager.numberOfTaskSlots' | 'taskmanager: Flink has no option #slots'
                    compose/compose.yaml | '-XX:+UseSerialGC' | '-XX:+UseZGC' | 'jobs: does not start as its image does'
                    compose/compose.yaml | 'pull_policy: ${PULL_POLICY}' | 'init: true' | 'results-api: its image may come from strangers'
                    compose/compose.yaml | '--flink=' | '--flinks=' | 'jobs: Missing required option: ''--flink=URL'''
                    compose/compose.yaml | '--jobs=time-series-speed' | '--jobs=time-series-fast' | 'jobs-timeseries: time-series-fast is no job'
                    compose/compose.yaml | 'archive:compact-after' | 'archive:compact' | 'jobs-timeseries: time-series-archive:compact is no option of a job'
                    compose/compose.yaml | ':9200"]' | ':9201"]' | 'prepare: nobody listens on elasticsearch:9201'
                    compose/compose.yaml | 'kafka:19092\n      IOT' | 'kafka:9094\n      IOT' | 'iot-simulator: nobody listens on kafka:9094'
                    compose/compose.yaml | '_PORT}:8082' | '_PORT}:8092' | 'iot-simulator: does not listen on 8092'
                    compose/compose.yaml | 'PORT: "8080"' | 'PORT: "8090"' | 'results-api: is built for another port than 8080'
                    compose/compose.yaml | 'HOST://localhost:${KAFKA_PORT}' | 'HOST://localhost:9192' | 'kafka: is published on 9092, and tells clients another port'
                    compose/compose.yaml | 'TX_LOOPBACK_HOSTS: "true"' | 'TX_LOOPBACK_HOSTS: "false"' | 'transaction-simulator: answers pages whose name is made to lead to 127.0.0.1'
                    compose/compose.yaml | 'threshold_enabled: "false"' | 'threshold_enabled: "true"' | 'elasticsearch: takes no documents on a disk that is 90 % full'
                    compose/compose.yaml | '--noproxy, "*", ' | '' | 'kibana: its health check may ask a proxy'
                    compose/compose.yaml | '-Y, "off", ' | '' | 'prometheus: its health check may ask a proxy'
                    compose/.env | JOBS=weather-average | JOBS=weather | jobs: weather is no job
                    compose/.env | 8083 | 8084 | transaction-simulator: is published on 8084, not where every page says it is
                    dashboards/prometheus/prometheus.yml | results-api:9080 | results-api:8090 | prometheus: nobody listens on results-api:8090
                    dashboards/prometheus/prometheus.yml | /q/metrics | /metrics | prometheus: results-api:9080 does not answer /metrics
                    dashboards/prometheus/prometheus.yml | results-api:9080 | results-api:8080 | prometheus: results-api:8080 does not answer /q/metrics
                    dashboards/prometheus/prometheus.yml | port: 9249 | port: 9250 | prometheus: nobody listens on taskmanager:9250
                    dashboards/grafana/provisioning/datasources/streampane.yml | elasticsearch:9200 | elastic:9200 | grafana: nobody listens on elastic:9200
                    compose/telegraf.conf | kafka:19092 | kafka:9094 | telegraf: nobody listens on kafka:9094
                    compose/telegraf.conf | "telegraf"] | "points"] | telegraf: points is no topic
                    """)
    void shouldNameWhatIsWrong(String name, String before, String after, String finding, @TempDir Path deploy)
            throws Exception {
        // Given
        for (String folder : List.of("compose", "dashboards")) {
            copy(FOLDER.resolveSibling(folder), deploy.resolve(folder));
        }
        Path changed = deploy.resolve(name);
        String text = Files.readString(changed);
        String from = before.replace("\\n", "\n");
        assertThat(text).contains(from);
        Files.writeString(changed, text.replace(from, after.replace("\\n", "\n")));

        // When
        List<String> findings = findings(ComposeFile.of(deploy.resolve("compose")));

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

    private static List<String> findings(ComposeFile file) {
        Findings found = new Findings();
        new ComposeCheck(file, found).check();
        new CodeCheck(file, found).check();
        return found.all();
    }

    private static Ended lint(Path folder, String compose) throws Exception {
        return NodePackages.run(Files.writeString(folder.resolve("compose.yaml"), compose), "node", "compose.mjs");
    }
}
