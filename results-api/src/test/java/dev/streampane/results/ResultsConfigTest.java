// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsConfigTest {

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
        assertThat(config.security().loopbackHosts()).isEmpty();
        assertThat(config.security().keysFile()).isEmpty();
        assertThat(config.security().keysRefresh()).hasSeconds(2);
        assertThat(config.security().scopesClaim()).isEqualTo("scope");
        assertThat(config.limits().requestsPerSecond()).isEqualTo(1_000);
        assertThat(config.limits().burst()).isEqualTo(2_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    results.tail-size | 5 | greater than or equal to 100
                    results.tail-size | many | integer
                    results.security.profile | password | password
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
    void shouldDocumentEachSettingAndItsDefaultInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        ConfigMappings.getProperties(ConfigClass.configClass(ResultsConfig.class, "results"))
                .forEach((key, setting) -> assertThat(readme)
                        .contains("| `" + key + "` | "
                                + (setting.hasDefaultValue() ? "`" + setting.getDefaultValue() + "` |" : "")));
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
