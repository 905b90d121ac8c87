// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.Sources;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every check finds nothing in any overlay, and names what is wrong in a copy that is changed in one place, by one operation of JSON
 * 6902.
 */
class MutationsTest {

    private static final String POD = "/spec/template/spec/";

    static List<Arguments> checks() {
        return Manifests.OVERLAYS.stream()
                .flatMap(overlay -> Stream.of(Check.values()).map(check -> Arguments.of(overlay, check)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("checks")
    void shouldHoldToTheCode(String overlay, Check check) {
        assertThat(check.problems(Manifests.of(overlay))).isEmpty();
    }

    /** The manifests of an overlay with the change of an object, which is named by kind and name. */
    static Manifests changed(String overlay, String object, String change) {
        Manifests manifests = Manifests.of(overlay);
        String[] names = object.split(" ");
        ObjectNode changed = manifests.get(names[0], names[1]);
        ObjectNode patched =
                (ObjectNode) JsonPatch.apply(Sources.tree("[{op: " + change.replace("POD/", POD) + "}]"), changed);
        changed.removeAll();
        changed.setAll(patched);
        return manifests;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    TOPICS | KafkaTopic audit | replace, path: /metadata/name, value: audits | KafkaTopic audits is not in deploy/topics.yml
                    USERS | KafkaUser results-api | add, path: /spec/authorization/acls/0/operations/-, value: Write | topic window-results literal [Read, Write]
                    ACL_TOPICS | KafkaUser iot-simulator | replace, path: /spec/authorization/acls/0/resource/name, value: readings | there is no topic readings
                    KAFKA | KafkaNodePool broker | remove, path: /spec/template/pod/securityContext/fsGroup | KafkaNodePool broker: its pods' securityContext is without fsGroup
                    SETTINGS | Deployment results-api | replace, path: POD/containers/0/env/0/name, value: QUARKUS_HTTP_HOSTS | nothing reads QUARKUS_HTTP_HOSTS
                    SETTINGS | Deployment kafka-ui | replace, path: POD/containers/0/env/2/name, value: KAFKA_CLUSTERS_0_READ_ONLY | Deployment kafka-ui: nothing reads KAFKA_CLUSTERS_0_READ_ONLY
                    SETTINGS | Job kibana-dashboards | replace, path: POD/containers/0/env/0/name, value: KIBANA_URI | Job kibana-dashboards: nothing reads KIBANA_URI
                    FILES | ConfigMap telegraf | replace, path: /data/telegraf.conf, value: "[agent]\\n  isolation = 1" | ConfigMap telegraf: isolation is no option of agent
                    FILES | ConfigMap audit | replace, path: /data/kafka.properties, value: sasl.mechanisms=PLAIN | ConfigMap audit: no Kafka client has sasl.mechanisms
                    VALUES | FlinkDeployment time-series-archive | add, path: /spec/job/args/-, value: --archive-dir=s3://archives/rows | FlinkDeployment time-series-archive: nobody makes the bucket archives
                    COMMAND | CronJob audit | replace, path: /spec/jobTemplate/spec/template/spec/containers/0/args/1, value: --brokers | CronJob audit: Unknown option
                    FLINK_OPTIONS | FlinkDeployment word-count | add, path: /spec/flinkConfiguration/state.savepoint.dir, value: x | Flink has no option state.savepoint.dir
                    FLINK_JOBS | FlinkDeployment word-count | replace, path: /spec/job/jarURI, value: local:///opt/flink/usrlib/job.jar | the operator hides local:///opt/flink/usrlib/
                    PORTS | Deployment results-api | replace, path: POD/containers/0/ports/0/containerPort, value: 8090 | the service's is 8080
                    OPENINGS | Deployment influxdb | replace, path: POD/containers/0/ports/0/containerPort, value: 8087 | calls.yml: influxdb does not listen on 8086
                    CALLS | Deployment kafka-ui | add, path: POD/containers/0/env/-, value: {name: A, value: "http://s3:9090"} | Deployment kafka-ui: calls.yml has no call to s3:9090
                    CALLS | Job kibana-dashboards | replace, path: POD/containers/0/env/0/value, value: "https://streampane-kb-http:5602" | Job kibana-dashboards: nobody listens on streampane-kb-http:5602
                    CALLS | Deployment results-api | remove, path: /spec/template/metadata/labels/app.kubernetes.io~1part-of | Deployment results-api: Kafka's listener does not let it in
                    API_SERVER | FlinkDeployment word-count | replace, path: /spec/podTemplate/metadata/labels/app.kubernetes.io~1component, value: jobs | app=word-count
                    OBJECTS | ConfigMap telegraf | replace, path: /metadata/name, value: telegraph | Deployment telegraf: there is no ConfigMap telegraf
                    OBJECTS | Kibana streampane | replace, path: /spec/elasticsearchRef/name, value: elastic | Kibana streampane: there is no Elasticsearch elastic
                    SELECTORS | PodDisruptionBudget results-api | add, path: /spec/selector/matchLabels/tier, value: api | PodDisruptionBudget results-api: no pods have
                    POD_SECURITY | Deployment results-api | replace, path: POD/automountServiceAccountToken, value: true | /automountServiceAccountToken is 'true'
                    PROBES | Deployment iot-simulator | replace, path: POD/containers/0/readinessProbe/httpGet/port, value: http | readinessProbe asks '/q/health/ready' on http
                    RESOURCES | Deployment s3 | remove, path: POD/containers/0/resources/limits | Deployment s3: container s3 has no requests or limit
                    IMAGES | FlinkDeployment word-count | replace, path: /spec/image, value: 'streampane/flink-jobs:1.0.0' | image streampane/flink-jobs:1.0.0
                    IMAGES | Kibana streampane | replace, path: /spec/version, value: 8.19.1 | Kibana streampane: image docker.elastic.co/kibana/kibana:8.19.1
                    SIMULATORS | Deployment iot-simulator | replace, path: /spec/replicas, value: 2 | /spec/replicas is '2'
                    INGRESSES | Ingress results-api | replace, path: /spec/rules/0/http/paths/6/path, value: /q/health/live | the page links to /q/openapi
                    METRICS | HorizontalPodAutoscaler results-api | replace, path: /spec/metrics/0/pods/metric/name, value: streampane_stream_clients | results-api has no metric streampane_stream_clients
                    """)
    void shouldNameWhatIsWrong(Check check, String object, String change, String said) {
        // When
        List<String> problems = check.problems(changed("dev", object, change));
        // Then
        assertThat(problems).isNotEmpty().anyMatch(problem -> problem.contains(said));
    }

    @Test
    void shouldNameAMonitorOfAPathThatNobodyAnswers() {
        // When
        Manifests changed = changed(
                "production",
                "PodMonitor results-api",
                "replace, path: /spec/podMetricsEndpoints/0/path, value: /metrics");
        // Then
        assertThat(Check.METRICS.problems(changed))
                .containsExactly(
                        "PodMonitor results-api: Deployment results-api does not answer /metrics on management");
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveAMutationOfEveryCheck(Check check) throws NoSuchMethodException {
        CsvSource mutations = MutationsTest.class
                .getDeclaredMethod("shouldNameWhatIsWrong", Check.class, String.class, String.class, String.class)
                .getAnnotation(CsvSource.class);
        assertThat(mutations.textBlock()).contains(check + " | ");
    }
}
