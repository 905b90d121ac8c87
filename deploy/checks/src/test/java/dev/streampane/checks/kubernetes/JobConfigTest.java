// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ClassPaths;
import dev.streampane.checks.facts.Sources;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Arguments and variables of jobs, read by their own parser. */
class JobConfigTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    private static URLClassLoader jar;

    @BeforeAll
    static void open() throws IOException {
        jar = ClassPaths.openJobs();
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldTakeWhatTheManifestsSay(String overlay) throws ReflectiveOperationException {
        for (Pods job : Manifests.of(overlay).jobs()) {
            Object config = parse(job, Map.of());
            assertThat(config.getClass().getMethod("kafka").invoke(config).toString())
                    .as(job.name())
                    .contains(
                            "security.protocol=SASL_SSL",
                            "sasl.jaas.config=${directory:/etc/streampane/kafka-user:sasl.jaas.config}",
                            "config.providers.directory.class=");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1 | --generation=0 | --generation: '0' is not allowed; allowed is a whole number from 1 to 268435455
                    2 | --parallel=2   | --parallel is no option of word-count
                    """, quoteCharacter = '`')
    void shouldRefuseWhatTheJobDoesNotAllow(int argument, String value, String why) {
        // Given
        String change = "replace, path: /spec/job/args/%d, value: %s".formatted(argument, value);
        Pods changed = wordCount(Manifests.of("production").changed("FlinkDeployment word-count", change));
        // Then
        assertThatThrownBy(() -> parse(changed, Map.of())).rootCause().hasMessageContaining(why);
    }

    /** Why {@code enableServiceLinks} is false. */
    @Test
    void shouldRefuseTheVariablesOfAServiceOfKafka() {
        Map<String, String> links = Map.of("STREAMPANE_KAFKA_BOOTSTRAP_SERVICE_HOST", "10.0.0.1");
        assertThatThrownBy(() -> parse(wordCount(Manifests.of("production")), links))
                .rootCause()
                .hasMessageContaining("kafka.bootstrap.service.host: no Kafka client has this");
    }

    private static Pods wordCount(Manifests manifests) {
        return Pods.of(manifests.get("FlinkDeployment", "word-count"))
                .findFirst()
                .orElseThrow();
    }

    private static Object parse(Pods pods, Map<String, String> more) throws ReflectiveOperationException {
        Method parser = jar.loadClass("dev.streampane.pipeline.job.JobConfig")
                .getDeclaredMethod("of", String.class, List.class, Map.class);
        parser.setAccessible(true);
        Map<String, String> environment = Pods.environment(pods.containers().get(0));
        environment.putAll(more);
        List<String> arguments = Sources.items(pods.owner(), "/spec/job/args")
                .map(JsonNode::asText)
                .toList();
        return parser.invoke(null, arguments.get(0), arguments.subList(1, arguments.size()), environment);
    }
}
