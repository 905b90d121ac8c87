// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsConfigTest {

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("results.topic", "window-results"),
            Map.entry("results.alerts-topic", "alerts"),
            Map.entry("results.audit-topic", "audit"),
            Map.entry("results.job-runs-topic", "job-runs"),
            Map.entry("results.tail-size", "1000000"),
            Map.entry("results.tail-age", "15m"),
            Map.entry("results.catch-up-readers", "4"),
            Map.entry("results.catch-up-bytes", "16M"),
            Map.entry("results.words-topic", "word-counts"),
            Map.entry("results.dead-letters-topic", "dead-letters"),
            Map.entry("results.late-topic", "late-records"),
            Map.entry("results.rejects.max-scan", "20000"),
            Map.entry("results.rejects.max-scan-bytes", "32M"),
            Map.entry("results.rejects.timeout", "2s"),
            Map.entry("results.open-transaction-after", "10s"),
            Map.entry("results.stream.heartbeat", "15s"),
            Map.entry("results.stream.retry", "2s"),
            Map.entry("results.stream.max-clients", "1000"),
            Map.entry("results.stream.max-per-address", "100"),
            Map.entry("results.stream.max-per-principal", "100"),
            Map.entry("results.stream.max-life", "30m"),
            Map.entry("results.stream.buffer", "1000"),
            Map.entry("results.previews-topic", "window-previews"),
            Map.entry("results.stream.snapshot-rows", "10000"),
            Map.entry("results.stream.snapshot-timeout", "60s"),
            Map.entry("results.stream.stall-timeout", "30s"),
            Map.entry("results.query.timeout", "2s"),
            Map.entry("results.query.at-least-timeout", "2s"),
            Map.entry("results.query.retry-after", "5s"),
            Map.entry("results.query.aggregate-max-windows", "100000"),
            Map.entry("results.query.aggregate-timeout", "10s"),
            Map.entry("results.query.max-pages", "64"),
            Map.entry("results.query.max-scans", "16"),
            Map.entry("results.explain.max-records", "2000000"),
            Map.entry("results.explain.timeout", "10s"),
            Map.entry("results.explain.max-running", "2"),
            Map.entry("results.audit.max-partitions", "10000"),
            Map.entry("results.audit.refresh", "5s"),
            Map.entry("results.audit.stalled-after", "30s"),
            Map.entry("results.security.profile", "none"),
            Map.entry("results.security.insecure", "false"),
            Map.entry("results.security.keys-refresh", "2s"),
            Map.entry("results.security.scopes-claim", "scope"),
            Map.entry("results.limits.requests-per-second", "1000"),
            Map.entry("results.limits.burst", "2000"));

    @Test
    void shouldKeepDocumentedDefaults() {
        ResultsConfig config = Settings.defaults();
        assertThat(config.topic()).isEqualTo("window-results");
        assertThat(config.alertsTopic()).isEqualTo("alerts");
        assertThat(config.auditTopic()).isEqualTo("audit");
        assertThat(config.jobRunsTopic()).isEqualTo("job-runs");
        assertThat(config.tailSize()).isEqualTo(1_000_000);
        assertThat(config.tailAge()).hasMinutes(15);
        assertThat(config.tailBytes()).isEmpty();
        assertThat(config.catchUpReaders()).isEqualTo(4);
        assertThat(config.catchUpBytes().asLongValue()).isEqualTo(16 << 20);
        assertThat(config.wordsTopic()).isEqualTo("word-counts");
        assertThat(config.deadLettersTopic()).isEqualTo("dead-letters");
        assertThat(config.lateTopic()).isEqualTo("late-records");
        assertThat(config.rejects().maxScan()).isEqualTo(20_000);
        assertThat(config.rejects().maxScanBytes().asLongValue()).isEqualTo(32 << 20);
        assertThat(config.rejects().timeout()).hasSeconds(2);
        assertThat(config.openTransactionAfter()).hasSeconds(10);
        assertThat(config.stream().heartbeat()).hasSeconds(15);
        assertThat(config.stream().retry()).hasSeconds(2);
        assertThat(config.stream().maxClients()).isEqualTo(1_000);
        assertThat(config.stream().maxPerAddress()).isEqualTo(100);
        assertThat(config.stream().maxPerPrincipal()).isEqualTo(100);
        assertThat(config.stream().maxLife()).hasMinutes(30);
        assertThat(config.stream().buffer()).isEqualTo(1_000);
        assertThat(config.previewsTopic()).isEqualTo("window-previews");
        assertThat(config.stream().snapshotRows()).isEqualTo(10_000);
        assertThat(config.stream().snapshotTimeout()).hasSeconds(60);
        assertThat(config.stream().stallTimeout()).hasSeconds(30);
        assertThat(config.query().timeout()).hasSeconds(2);
        assertThat(config.query().atLeastTimeout()).hasSeconds(2);
        assertThat(config.query().retryAfter()).hasSeconds(5);
        assertThat(config.query().aggregateMaxWindows()).isEqualTo(100_000);
        assertThat(config.query().aggregateTimeout()).hasSeconds(10);
        assertThat(config.query().maxPages()).isEqualTo(64);
        assertThat(config.query().maxScans()).isEqualTo(16);
        assertThat(config.explain().maxRecords()).isEqualTo(2_000_000);
        assertThat(config.explain().timeout()).hasSeconds(10);
        assertThat(config.explain().maxRunning()).isEqualTo(2);
        assertThat(config.audit().maxPartitions()).isEqualTo(10_000);
        assertThat(config.audit().refresh()).hasSeconds(5);
        assertThat(config.audit().stalledAfter()).hasSeconds(30);
        assertThat(config.security().profile()).isEqualTo(ResultsConfig.Security.Profile.NONE);
        assertThat(config.security().insecure()).isFalse();
        assertThat(config.security().keysFile()).isEmpty();
        assertThat(config.security().keysRefresh()).hasSeconds(2);
        assertThat(config.security().scopesClaim()).isEqualTo("scope");
        assertThat(config.limits().requestsPerSecond()).isEqualTo(1_000);
        assertThat(config.limits().burst()).isEqualTo(2_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    results.tail-size | 5 | greater than or equal to 100
                    results.topic | .. | a-z A-Z 0-9
                    results.audit-topic | a/b | a-z A-Z 0-9
                    results.stream.heartbeat | 0s | 100 millis
                    results.stream.heartbeat | 2m | 60 seconds
                    results.stream.max-clients | 0 | greater than or equal to 1
                    results.query.timeout | -1s | 100 millis
                    results.catch-up-bytes | 1023K | 1023K is not allowed; allowed is 1M or more
                    """)
    void shouldNotTakeABadValueAndSayWhatIsAllowed(String key, String value, String allowed) {
        assertThatThrownBy(() -> Settings.with(Map.of(key, value)))
                .hasMessageContaining(key)
                .hasMessageContaining(allowed);
    }

    @Test
    void shouldDocumentEachDefaultInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        DEFAULTS.forEach((key, value) -> assertThat(readme).contains("| `" + key + "` | `" + value + "` |"));
    }

    @Test
    void shouldListenOnLoopbackWithoutCorsAndWithLimits() throws IOException {
        Properties properties = new Properties();
        try (var file = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            properties.load(file);
        }
        assertThat(properties)
                .containsEntry("quarkus.http.host", "127.0.0.1")
                .containsEntry("quarkus.http.port", "8080")
                .containsEntry("quarkus.management.host", "127.0.0.1")
                .containsEntry("quarkus.management.port", String.valueOf(ResultsMain.MANAGEMENT_PORT))
                .containsEntry("quarkus.http.cors.enabled", "false")
                .containsEntry("quarkus.http.limits.max-body-size", "64K")
                .containsEntry("kafka.bootstrap.servers", "127.0.0.1:9092")
                .containsEntry("quarkus.elasticsearch.hosts", "127.0.0.1:9200")
                .containsEntry("quarkus.log.console.json.enabled", "false");
    }
}
