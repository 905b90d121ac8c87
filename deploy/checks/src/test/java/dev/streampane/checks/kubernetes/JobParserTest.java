// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ClassPaths;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Arguments and variables of the jobs, values included, read by the jobs' own parser. */
class JobParserTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    private static URLClassLoader jar;
    private static Method parser;

    @BeforeAll
    static void open() throws IOException, ReflectiveOperationException {
        jar = ClassPaths.openJobs();
        parser = Class.forName("dev.streampane.pipeline.job.JobConfig", true, jar)
                .getDeclaredMethod("of", String.class, List.class, Map.class);
        parser.setAccessible(true);
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldTakeWhatTheManifestsSay(String overlay) throws ReflectiveOperationException {
        for (Pods pods :
                Manifests.of(overlay).pods().stream().filter(Pods::isFlink).toList()) {
            Object config = parse(pods, Map.of());
            assertThat(config.getClass().getMethod("kafka").invoke(config).toString())
                    .as(pods.name())
                    .contains(
                            "security.protocol=SASL_SSL",
                            "sasl.jaas.config=${directory:/etc/streampane/kafka-user:sasl.jaas.config}",
                            "config.providers.directory.class=");
        }
    }

    @Test
    void shouldRefuseAValueThatTheJobDoesNotAllow() {
        // Given
        Manifests manifests = MutationsTest.changed(
                "production", "FlinkDeployment word-count", "replace, path: /spec/job/args/1, value: --generation=0");
        // Then
        assertThatThrownBy(() -> parse(wordCount(manifests), Map.of()))
                .hasRootCauseMessage("--generation: '0' is not allowed; allowed is a whole number from 1 to 268435455");
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
        return manifests.pods().stream()
                .filter(pods -> pods.isFlink() && pods.service().equals("word-count"))
                .findFirst()
                .orElseThrow();
    }

    private static Object parse(Pods pods, Map<String, String> more) throws ReflectiveOperationException {
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : pods.owner().at("/spec/job/args")) {
            arguments.add(argument.asText());
        }
        Map<String, String> environment =
                new TreeMap<>(Pods.environment(pods.containers().get(0)));
        environment.putAll(more);
        return parser.invoke(null, arguments.get(0), arguments.subList(1, arguments.size()), environment);
    }
}
