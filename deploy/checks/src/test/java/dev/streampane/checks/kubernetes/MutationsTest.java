// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes a copy of the manifests in one place each: the check must name what is wrong. */
class MutationsTest {

    /**
     * A change.
     *
     * @param object kind and name of the object that is changed
     * @param change JSON 6902, one operation
     * @param said what the problem must name
     */
    record Mutation(Check check, String object, String change, String said) {

        /** The manifests with the change. */
        Manifests apply(Manifests manifests) {
            String[] names = object.split(" ");
            ObjectNode changed = manifests.get(names[0], names[1]);
            JsonNode operation = Yaml.documents("[{" + change + "}]").get(0);
            JsonNode patched = JsonPatch.apply(operation, changed);
            changed.removeAll();
            changed.setAll((ObjectNode) patched);
            return manifests;
        }
    }

    static List<Mutation> mutations() {
        String container = "/spec/template/spec/containers/0";
        return List.of(
                new Mutation(
                        Check.TOPICS,
                        "KafkaTopic audit",
                        "op: replace, path: /metadata/name, value: audits",
                        "KafkaTopic audits is not in deploy/topics.yml"),
                new Mutation(
                        Check.USERS,
                        "KafkaUser results-api",
                        "op: add, path: /spec/authorization/acls/0/operations/-, value: Write",
                        "topic window-results literal [Read, Write]"),
                new Mutation(
                        Check.ACL_TOPICS,
                        "KafkaUser iot-simulator",
                        "op: replace, path: /spec/authorization/acls/0/resource/name, value: readings",
                        "there is no topic readings"),
                new Mutation(
                        Check.KAFKA,
                        "KafkaNodePool broker",
                        "op: remove, path: /spec/template/pod/securityContext/fsGroup",
                        "KafkaNodePool broker: its pods' securityContext is without fsGroup"),
                new Mutation(
                        Check.SERVICE_SETTINGS,
                        "Deployment results-api",
                        "op: replace, path: " + container + "/env/0/name, value: QUARKUS_HTTP_HOSTS",
                        "nothing reads QUARKUS_HTTP_HOSTS"),
                new Mutation(
                        Check.FOREIGN_SETTINGS,
                        "Deployment kafka-ui",
                        "op: replace, path: " + container + "/env/2/name, value: KAFKA_CLUSTERS_0_READ_ONLY",
                        "Deployment kafka-ui: nothing reads KAFKA_CLUSTERS_0_READ_ONLY"),
                new Mutation(
                        Check.JOB_OPTIONS,
                        "FlinkDeployment word-count",
                        "op: replace, path: /spec/job/args/2, value: --parallel=2",
                        "word-count has no option --parallel"),
                new Mutation(
                        Check.VALUES,
                        "FlinkDeployment time-series-archive",
                        "op: add, path: /spec/job/args/-, value: --archive-dir=s3://archives/rows",
                        "FlinkDeployment time-series-archive: nobody makes the bucket archives"),
                new Mutation(
                        Check.COMMAND,
                        "CronJob audit",
                        "op: replace, path: /spec/jobTemplate/spec/template/spec/containers/0/args/1, value: --brokers",
                        "CronJob audit: Unknown option"),
                new Mutation(
                        Check.FLINK_OPTIONS,
                        "FlinkDeployment word-count",
                        "op: add, path: /spec/flinkConfiguration/state.savepoint.dir, value: x",
                        "Flink has no option state.savepoint.dir"),
                new Mutation(
                        Check.FLINK_JOBS,
                        "FlinkDeployment word-count",
                        "op: replace, path: /spec/job/jarURI, value: local:///opt/flink/usrlib/job.jar",
                        "the operator hides local:///opt/flink/usrlib/"),
                new Mutation(
                        Check.PORTS,
                        "Deployment results-api",
                        "op: replace, path: " + container + "/ports/0/containerPort, value: 8090",
                        "the service's is 8080"),
                new Mutation(
                        Check.OPENINGS,
                        "NetworkPolicy results-api",
                        "op: replace, path: /spec/ingress/0/ports/0/port, value: 8090",
                        "NetworkPolicy results-api: opens port 8090"),
                new Mutation(
                        Check.CALLS,
                        "NetworkPolicy elasticsearch",
                        "op: remove, path: /spec/ingress/0/from/0",
                        "FlinkDeployment index-results: no policy lets it in to streampane-es-http:9200"),
                new Mutation(
                        Check.API_SERVER,
                        "NetworkPolicy kafka",
                        "op: remove, path: /spec/egress/1",
                        "strimzi.io/name=streampane-kafka} out to the API server"),
                new Mutation(
                        Check.OBJECTS,
                        "ConfigMap telegraf",
                        "op: replace, path: /metadata/name, value: telegraph",
                        "Deployment telegraf: there is no ConfigMap telegraf"),
                new Mutation(
                        Check.SELECTORS,
                        "PodDisruptionBudget results-api",
                        "op: add, path: /spec/selector/matchLabels/tier, value: api",
                        "PodDisruptionBudget results-api: no pods have"),
                new Mutation(
                        Check.POD_SECURITY,
                        "Deployment results-api",
                        "op: replace, path: /spec/template/spec/automountServiceAccountToken, value: true",
                        "automountServiceAccountToken is 'true'"),
                new Mutation(
                        Check.PROBES,
                        "Deployment iot-simulator",
                        "op: replace, path: " + container + "/readinessProbe/httpGet/port, value: http",
                        "readinessProbe asks '/q/health/ready' on http"),
                new Mutation(
                        Check.RESOURCES,
                        "Deployment s3",
                        "op: remove, path: " + container + "/resources/limits",
                        "Deployment s3: container s3 has no requests or limit"),
                new Mutation(
                        Check.IMAGES,
                        "FlinkDeployment word-count",
                        "op: replace, path: /spec/image, value: 'streampane/flink-jobs:1.0.0'",
                        "image streampane/flink-jobs:1.0.0"),
                new Mutation(
                        Check.SIMULATORS,
                        "Deployment iot-simulator",
                        "op: replace, path: /spec/replicas, value: 2",
                        "replicas is '2'"),
                new Mutation(
                        Check.INGRESSES,
                        "Ingress results-api",
                        "op: replace, path: /spec/rules/0/http/paths/6/path, value: /q/health/live",
                        "the page links to /q/openapi"),
                new Mutation(
                        Check.METRICS,
                        "HorizontalPodAutoscaler results-api",
                        "op: replace, path: /spec/metrics/0/pods/metric/name, value: streampane_stream_clients",
                        "results-api has no metric streampane_stream_clients"));
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void shouldNameWhatIsWrong(Mutation mutation) {
        // Given
        Manifests changed = mutation.apply(Manifests.of("dev"));
        // When
        List<String> problems = mutation.check().problems(changed);
        // Then
        assertThat(problems).isNotEmpty().anyMatch(problem -> problem.contains(mutation.said()));
    }

    @Test
    void shouldNameAMonitorOfAPathThatNobodyAnswers() {
        // Given
        Manifests changed = new Mutation(
                        Check.METRICS,
                        "PodMonitor results-api",
                        "op: replace, path: /spec/podMetricsEndpoints/0/path, value: /metrics",
                        "")
                .apply(Manifests.of("production"));
        // When
        List<String> problems = Check.METRICS.problems(changed);
        // Then
        assertThat(problems)
                .containsExactly(
                        "PodMonitor results-api: Deployment results-api does not answer /metrics on management");
    }

    @Test
    void shouldHaveAMutationOfEveryCheck() {
        Set<Check> mutated = mutations().stream().map(Mutation::check).collect(Collectors.toSet());
        assertThat(mutated).containsExactlyInAnyOrderElementsOf(Arrays.asList(Check.values()));
    }
}
