// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.Tools;
import dev.streampane.checks.facts.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests as such: rendered, and read with the models of their own field. */
class ManifestsTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldBeTakenWholeByTheirModels(String overlay) {
        List<ObjectNode> objects = Manifests.of(overlay).objects();
        assertThat(objects).hasSizeGreaterThan(50);
        assertThat(objects.stream().flatMap(object -> Models.problems(object).stream()))
                .isEmpty();
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldHaveNoObjectTwice(String overlay) {
        assertThat(Manifests.of(overlay).objects().stream().map(Manifests::nameOf))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldLieInTheirNamespace(String overlay) {
        assertThat(Manifests.of(overlay).objects().stream()
                        .filter(object ->
                                !object.at("/metadata/namespace").asText().equals("streampane"))
                        .map(Manifests::nameOf))
                .containsExactly("Namespace streampane");
    }

    @Test
    void shouldReachEveryFileFromAnOverlay() throws IOException {
        // Given
        Set<Path> read = new TreeSet<>();
        Manifests.OVERLAYS.forEach(
                overlay -> read.addAll(Kustomization.of(Manifests.FOLDER.resolve("overlays/" + overlay))
                        .files()));
        // When
        Set<Path> files;
        try (Stream<Path> below = Files.walk(Manifests.FOLDER)) {
            files = below.filter(Files::isRegularFile)
                    .filter(file ->
                            !file.endsWith("README.md") && !file.endsWith("secrets") && !file.endsWith("calls.yml"))
                    .filter(file -> !file.startsWith(Manifests.FOLDER.resolve("components")))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        // Then
        assertThat(read).containsAll(files);
    }

    @ParameterizedTest
    @ValueSource(strings = {"component", "index"})
    void shouldPutEveryTemplateOfElasticsearch(String kind) {
        // Given
        Set<String> wanted = Sources.files("deploy/elasticsearch/" + kind + "-templates").stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toSet());
        // When
        ObjectNode map = Manifests.of("production").get("ConfigMap", "elasticsearch-" + kind + "-templates");
        // Then
        assertThat(map.path("data").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(wanted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Deployment results-api | /spec/template/spec | livenessProbes: x
                    Deployment results-api | /spec/template/spec/containers/0/readinessProbe | periodSecond: x
                    Kafka streampane | /spec/kafka | zookeper: x
                    KafkaNodePool broker | /spec | role: x
                    KafkaTopic audit | /spec | partition: x
                    KafkaUser results-api | /spec/authorization/acls/0 | operationz: x
                    FlinkDeployment word-count | /spec/job | upgradeMod: x
                    FlinkDeployment word-count | /spec/podTemplate/spec/containers/0 | volumeMount: x
                    Elasticsearch streampane | /spec/nodeSets/0 | counts: x
                    Elasticsearch streampane | /spec/nodeSets/0/podTemplate/spec | toleration: x
                    Kibana streampane | /spec | counts: x
                    Kibana streampane | /spec/podTemplate/spec | toleration: x
                    NetworkPolicy results-api | /spec/ingress/0 | port: x
                    HorizontalPodAutoscaler results-api | /spec | minReplica: x
                    Ingress results-api | /spec/rules/0/http/paths/0 | pathTyp: x
                    PodMonitor flink | /spec/podMetricsEndpoints/0 | ports: x
                    # of another version of the API
                    KafkaUser results-api | /spec/authorization/acls/0 | operation: Read
                    # values of another type
                    Deployment results-api | /spec/template/spec/containers/0/env/0 | value: 8080
                    Deployment results-api | /spec/template/spec/containers/0/startupProbe | periodSeconds: "2"
                    Deployment results-api | /spec/template/spec | enableServiceLinks: "false"
                    FlinkDeployment word-count | /spec/flinkConfiguration | rest.port: 8081
                    ConfigMap elasticsearch-index-templates | /data | alerts.json: true
                    """)
    void shouldRefuseWhatTheModelDoesNotKnow(String name, String where, String field) {
        // Given
        ObjectNode object = Manifests.of("production").get(name.split(" ")[0], name.split(" ")[1]);
        ((ObjectNode) object.at(where)).setAll((ObjectNode) Sources.tree(field));
        // Then
        assertThat(Models.problems(object)).singleElement().asString().contains(field.replaceAll(":.*", ""));
    }

    @Test
    void shouldRefuseAKindWithoutModel() {
        ObjectNode object = (ObjectNode) Sources.tree("{apiVersion: v2, kind: Pot, metadata: {name: x}}");
        assertThat(Models.problems(object)).containsExactly("Pot x: no model of v2/Pot");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "patches: [{target: {kind: Service, name: b}, patch: '- {op: add, path: /spec, value: 1}'}] | hits nothing",
                "patches: [{target: {kind: Service}, patch: '[{op: add, path: /spec, value: 1}]'}] | begins with [",
                "images: [{name: streampane/none, newTag: '2'}] | no container has the image",
                "namePrefix: x- | key namePrefix",
                "configMapGenerator: [{name: x, files: []}] | names with a hash",
                "patches: [{target: {kind: Service}, patch: '{spec: {ports: [1]}}'}] | a merge of the list ports"
            })
    void shouldRefuseWhatItWouldNotRenderAsKustomizeDoes(String part, String problem, @TempDir Path folder)
            throws IOException {
        // Given
        Files.writeString(folder.resolve("a.yaml"), "{apiVersion: v1, kind: Service, metadata: {name: a}}");
        Files.writeString(folder.resolve("kustomization.yaml"), "resources: [a.yaml]\n" + part + "\n");
        // Then
        assertThatThrownBy(() -> Kustomization.of(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    /** Beside kubectl, where one is installed that is new enough: Debian's has kustomize 2. */
    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldRenderWhatKustomizeRenders(String overlay) throws Exception {
        assumeTrue(Tools.isInstalled("kubectl"), "no kubectl");
        assumeTrue(
                kubectl("version", "--client").matches("(?s).*Kustomize Version: v[5-9].*"),
                "no kubectl with kustomize 5 or newer");
        assertThat(Manifests.of(overlay).objects())
                .containsExactlyInAnyOrderElementsOf(Sources.objects(kubectl("kustomize", "overlays/" + overlay)));
    }

    private static String kubectl(String does, String what) throws Exception {
        return Tools.run(Manifests.FOLDER, List.of("kubectl", does, what)).output();
    }
}
