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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    results.tail-size | 5 | greater than or equal to 100
                    results.tail-size | many | integer
                    results.security.profile | password | password
                    results.security.insecure | ture | ture is not allowed; allowed is true or false
                    results.security.loopback-hosts | ture | ture is not allowed; allowed is true or false
                    results.topic | .. | a-z A-Z 0-9
                    results.audit-topic | a/b | a-z A-Z 0-9
                    results.stream.heartbeat | 0s | 100 millis
                    results.stream.heartbeat | 31s | 30 seconds
                    results.stream.max-clients | 0 | greater than or equal to 1
                    results.query.timeout | -1s | 100 millis
                    results.explain.timeout | 91s | 90 seconds
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
