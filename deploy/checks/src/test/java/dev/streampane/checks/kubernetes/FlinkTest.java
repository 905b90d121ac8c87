// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ClassPaths;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Sources;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Arguments and variables of jobs, read by their own parser, and what Flink itself makes of a pod's memory. */
class FlinkTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    private static final String RUNTIME = "org.apache.flink.runtime.";
    private static final String WORD_COUNT = "FlinkDeployment word-count";

    /** State is on the heap, so most of a pod's memory must be heap. */
    private static final int LEAST_MIB = 256;

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
            assertThat(call(config, "kafka").toString())
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
        Pods changed = wordCount(MutationsTest.changed("production", WORD_COUNT, change));
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

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldLeaveHeapToEveryJob(String overlay) throws ReflectiveOperationException {
        for (Pods job : Manifests.of(overlay).jobs()) {
            assertThat(mebibytes(memory(job, "taskManager"), "getTaskHeapSize"))
                    .as(job.name())
                    .isGreaterThanOrEqualTo(LEAST_MIB);
            assertThat(mebibytes(memory(job, "jobManager"), "getJvmHeapMemorySize"))
                    .as(job.name())
                    .isGreaterThanOrEqualTo(LEAST_MIB);
        }
    }

    @Test
    void shouldRefuseLessThanFlinkNeeds() {
        // Given
        String change = "replace, path: /spec/taskManager/resource/memory, value: 512m";
        Pods changed = wordCount(MutationsTest.changed("production", WORD_COUNT, change));
        // Then
        assertThatThrownBy(() -> memory(changed, "taskManager"))
                .rootCause()
                .hasMessageContaining("exceed configured Total Flink Memory");
    }

    /** As the local stack found it: 64 MB of metaspace and of heap per job beyond the first four. */
    @Test
    void shouldLeaveRoomToEveryJobOfTheComposeStack() throws ReflectiveOperationException {
        // Given
        int more = JobOptions.jobs().size() - 4;
        JsonNode compose = Sources.tree(Sources.text("deploy/compose/compose.yaml"));
        Map<String, String> settings = fields(Sources.tree(text(compose, "/x-flink/environment/FLINK_PROPERTIES")));
        // When
        Object spec = taskManager(settings);
        // Then
        assertThat(mebibytes(spec, "getTaskHeapSize")).isGreaterThanOrEqualTo(512 + 64 * more);
        assertThat(metaspace(spec)).isGreaterThanOrEqualTo(320 + 64 * more);
        settings.remove("taskmanager.memory.jvm-metaspace.size");
        assertThat(metaspace(taskManager(settings))).isLessThan(320);
    }

    private static Pods wordCount(Manifests manifests) {
        return Pods.of(manifests.get("FlinkDeployment", "word-count"))
                .findFirst()
                .orElseThrow();
    }

    private static Object parse(Pods pods, Map<String, String> more) throws ReflectiveOperationException {
        Method parser = type("dev.streampane.pipeline.job.JobConfig")
                .getDeclaredMethod("of", String.class, List.class, Map.class);
        parser.setAccessible(true);
        Map<String, String> environment = Pods.environment(pods.containers().get(0));
        environment.putAll(more);
        List<String> arguments = Sources.items(pods.owner(), "/spec/job/args")
                .map(JsonNode::asText)
                .toList();
        return parser.invoke(null, arguments.get(0), arguments.subList(1, arguments.size()), environment);
    }

    private static Object memory(Pods job, String process) throws ReflectiveOperationException {
        Map<String, String> settings = job.flink();
        String memory = text(job.owner(), "/spec/" + process + "/resource/memory");
        settings.put(process.toLowerCase(Locale.ROOT) + ".memory.process.size", memory);
        return process.equals("taskManager")
                ? taskManager(settings)
                : made("jobmanager.JobManagerProcessUtils", settings);
    }

    private static Object taskManager(Map<String, String> settings) throws ReflectiveOperationException {
        return made("clusterframework.TaskExecutorProcessUtils", settings);
    }

    private static Object made(String by, Map<String, String> settings) throws ReflectiveOperationException {
        Class<?> type = type("org.apache.flink.configuration.Configuration");
        Object configuration = type.getMethod("fromMap", Map.class).invoke(null, settings);
        return type(RUNTIME + by).getMethod("processSpecFromConfig", type).invoke(null, configuration);
    }

    private static long metaspace(Object spec) throws ReflectiveOperationException {
        return mebibytes(call(spec, "getJvmMetaspaceAndOverhead"), "getMetaspace");
    }

    private static long mebibytes(Object spec, String getter) throws ReflectiveOperationException {
        return ((Number) call(call(spec, getter), "getMebiBytes")).longValue();
    }

    private static Object call(Object target, String getter) throws ReflectiveOperationException {
        return target.getClass().getMethod(getter).invoke(target);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, jar);
    }
}
