// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Sources;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects by their fields' models, and what an overlay must have beyond what all have. */
class ManifestsTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldBeTakenWholeByTheirModels(String overlay) {
        List<ObjectNode> objects = Manifests.of(overlay).objects();
        assertThat(objects).hasSizeGreaterThan(50);
        assertThat(objects.stream().flatMap(object -> Models.problem(object).stream()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Deployment results-api | /spec/template/spec/containers/0/readinessProbe | periodSecond: x
                    Deployment results-api | /spec/template/spec/containers/0/env/0 | value: 8080
                    Kafka streampane | /spec/kafka | zookeper: x
                    KafkaNodePool broker | /spec | role: x
                    KafkaTopic audit | /spec | partition: x
                    KafkaUser results-api | /spec/authorization/acls/0 | operationz: x
                    FlinkDeployment word-count | /spec/job | upgradeMod: x
                    FlinkDeployment word-count | /spec/podTemplate/spec/containers/0 | volumeMount: x
                    """)
    void shouldRefuseWhatTheModelDoesNotKnow(String name, String where, String field) {
        // Given
        ObjectNode object = Manifests.of("production").get(name.split(" ")[0], name.split(" ")[1]);
        ((ObjectNode) object.at(where)).setAll((ObjectNode) Sources.tree(field));
        // Then
        assertThat(Models.problem(object)).get().asString().contains(field.replaceAll(":.*", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"component", "index"})
    void shouldPutEveryTemplateOfElasticsearch(String kind) {
        // Given
        Stream<String> wanted = Sources.files("deploy/elasticsearch/" + kind + "-templates").stream()
                .map(file -> file.getFileName().toString());
        // When
        ObjectNode map = Manifests.of("production").get("ConfigMap", "elasticsearch-" + kind + "-templates");
        // Then
        assertThat(map.path("data").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(wanted.toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void shouldRunEveryJob(String overlay) {
        assertThat(Manifests.of(overlay).jobs())
                .extracting(Pods::service)
                .containsExactlyInAnyOrderElementsOf(JobOptions.jobs());
    }

    /** As the page says. */
    @Test
    void shouldFitIntoALaptop() {
        long mebibytes = requested(Manifests.of("small")) >> 20;
        assertThat("%.1f GiB".formatted(mebibytes / 1024.0)).isEqualTo("7.8 GiB");
        assertThat(Sources.text("deploy/kubernetes/README.md")).contains("asks for 1 CPU and 7.8 GiB");
    }

    @Test
    void shouldPassThroughAGatewayWhatTheIngressPasses(@TempDir Path folder) throws IOException {
        // Given
        Path manifests = folder.toRealPath().relativize(Manifests.FOLDER.toRealPath());
        Files.writeString(
                folder.resolve("kustomization.yaml"),
                "resources: [%1$s/overlays/production]\ncomponents: [%1$s/components/gateway]\n".formatted(manifests));
        // When
        Manifests gateway = Manifests.render(folder);
        // Then
        assertThat(gateway.find("Ingress", "results-api")).isEmpty();
        JsonNode route = gateway.get("HTTPRoute", "results-api");
        JsonNode ingress = Manifests.of("production").get("Ingress", "results-api");
        assertThat(route.at("/spec/hostnames/0")).isEqualTo(ingress.at("/spec/rules/0/host"));
        assertThat(texts(route.at("/spec/rules/0/matches"), "/path/type", "/path/value"))
                .isEqualTo(texts(ingress.at("/spec/rules/0/http/paths"), "/pathType", "/path"));
        assertThat(gateway.get("Service", "results-api").at("/spec/ports/0/port"))
                .isEqualTo(route.at("/spec/rules/0/backendRefs/0/port"));
        assertThat(Stream.of(Check.values()).flatMap(check -> check.problems(gateway).stream()))
                .isEmpty();
    }

    /** Kind and path of each entry. */
    private static List<String> texts(JsonNode entries, String type, String path) {
        return items(entries)
                .map(it -> text(it, type).replace("Path", "") + " " + text(it, path))
                .toList();
    }

    /** Bytes that the scheduler keeps for whatever does not end; jobs have the memory of their processes. */
    private static long requested(Manifests manifests) {
        long bytes = 0;
        for (JsonNode job : manifests.all("FlinkDeployment")) {
            bytes += bytes(job, "/spec/jobManager/resource/memory");
            bytes += bytes(job, "/spec/taskManager/resource/memory")
                    * job.at("/spec/taskManager/replicas").asLong();
        }
        for (JsonNode pool : manifests.all("KafkaNodePool")) {
            bytes += bytes(pool, "/spec/resources/requests/memory")
                    * pool.at("/spec/replicas").asLong();
        }
        JsonNode operators = manifests.get("Kafka", "streampane").at("/spec/entityOperator");
        for (JsonNode requests : operators.findValues("requests")) {
            bytes += bytes(requests, "/memory");
        }
        for (Pods pods : manifests.pods()) {
            if (pods.kind().matches("Deployment|Elasticsearch")) {
                bytes += bytes(pods.containers().get(0), "/resources/requests/memory");
            }
        }
        return bytes;
    }

    /** Flink's 896m are mebibytes. */
    private static long bytes(JsonNode object, String memory) {
        return Quantity.getAmountInBytes(new Quantity(text(object, memory).replaceFirst("m$", "Mi")))
                .longValueExact();
    }
}
