// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ClassPaths;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What Flink itself makes of a pod's memory: state is on the heap, so most of it must be heap. */
class FlinkMemoryTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    private static final String PROCESSES = "org.apache.flink.runtime.";
    private static final int LEAST_MIB = 256;

    private static URLClassLoader flink;

    @BeforeAll
    static void open() throws IOException {
        flink = ClassPaths.open("flink");
    }

    @AfterAll
    static void close() throws IOException {
        flink.close();
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldLeaveHeapToEveryJob(String overlay) throws ReflectiveOperationException {
        for (JsonNode job : Manifests.of(overlay).all("FlinkDeployment")) {
            assertThat(taskHeap(job)).as(Manifests.nameOf(job)).isGreaterThanOrEqualTo(LEAST_MIB);
            assertThat(managerHeap(job)).as(Manifests.nameOf(job)).isGreaterThanOrEqualTo(LEAST_MIB);
        }
    }

    @Test
    void shouldRefuseLessThanFlinkNeeds() {
        // Given
        Manifests manifests = MutationsTest.changed(
                "production",
                "FlinkDeployment word-count",
                "replace, path: /spec/taskManager/resource/memory, value: 512m");
        // Then
        assertThatThrownBy(() -> taskHeap(manifests.get("FlinkDeployment", "word-count")))
                .rootCause()
                .hasMessageContaining("exceed configured Total Flink Memory");
    }

    /** As the local stack found it: 64 MB of metaspace and of heap per job beyond the first four. */
    @Test
    void shouldLeaveRoomToEveryJobOfTheComposeStack() throws Exception {
        // Given
        int more = JobOptions.jobs().size() - 4;
        Map<String, String> settings = composeSettings();

        // When
        Object spec = taskManager(configuration(settings));

        // Then
        assertThat(mebibytes(spec, "getTaskHeapSize")).isGreaterThanOrEqualTo(512 + 64 * more);
        assertThat(metaspace(spec)).isGreaterThanOrEqualTo(320 + 64 * more);
        settings.remove("taskmanager.memory.jvm-metaspace.size");
        assertThat(metaspace(taskManager(configuration(settings)))).isLessThan(320);
    }

    private static Map<String, String> composeSettings() throws IOException {
        String compose = Files.readString(Checkout.root().resolve("deploy/compose/compose.yaml"));
        String properties = Yaml.documents(compose)
                .get(0)
                .at("/x-flink/environment/FLINK_PROPERTIES")
                .asText();
        return Sources.fields(Yaml.documents(properties).get(0));
    }

    private static long metaspace(Object spec) throws ReflectiveOperationException {
        Object ofJvm = spec.getClass().getMethod("getJvmMetaspaceAndOverhead").invoke(spec);
        return mebibytes(ofJvm, "getMetaspace");
    }

    private static long taskHeap(JsonNode job) throws ReflectiveOperationException {
        Object configuration = configuration(job, "taskmanager.memory.process.size", "/spec/taskManager");
        return mebibytes(taskManager(configuration), "getTaskHeapSize");
    }

    private static Object taskManager(Object configuration) throws ReflectiveOperationException {
        return Class.forName(PROCESSES + "clusterframework.TaskExecutorProcessUtils", true, flink)
                .getMethod("processSpecFromConfig", configuration.getClass())
                .invoke(null, configuration);
    }

    private static long managerHeap(JsonNode job) throws ReflectiveOperationException {
        Object configuration = configuration(job, "jobmanager.memory.process.size", "/spec/jobManager");
        Object spec = Class.forName(PROCESSES + "jobmanager.JobManagerProcessUtils", true, flink)
                .getMethod("processSpecFromConfig", configuration.getClass())
                .invoke(null, configuration);
        return mebibytes(spec, "getJvmHeapMemorySize");
    }

    private static Object configuration(JsonNode job, String process, String where)
            throws ReflectiveOperationException {
        Map<String, String> settings = Sources.fields(job.at("/spec/flinkConfiguration"));
        settings.put(process, job.at(where + "/resource/memory").asText());
        return configuration(settings);
    }

    private static Object configuration(Map<String, String> settings) throws ReflectiveOperationException {
        Class<?> type = Class.forName("org.apache.flink.configuration.Configuration", true, flink);
        Object configuration = type.getConstructor().newInstance();
        var set = type.getMethod("setString", String.class, String.class);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            set.invoke(configuration, setting.getKey(), setting.getValue());
        }
        return configuration;
    }

    private static long mebibytes(Object spec, String getter) throws ReflectiveOperationException {
        Object size = spec.getClass().getMethod(getter).invoke(spec);
        return ((Number) size.getClass().getMethod("getMebiBytes").invoke(size)).longValue();
    }
}
