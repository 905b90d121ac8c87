// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every check finds nothing in any overlay, and names what is wrong in a copy that is changed in one place, by one operation of JSON
 * 6902.
 */
class MutationsTest {

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    production | TOPICS | KafkaTopic audit | replace, path: /metadata/name, value: audits | KafkaTopic audits is not in deploy/topics.yml
                    production | USERS | KafkaUser results-api | add, path: /spec/authorization/acls/0/operations/-, value: Write | topic window-results literal [Read, Write]
                    production | SETTINGS | Deployment results-api | replace, path: POD/containers/0/env/0/name, value: QUARKUS_HTTP_HOSTS | nothing reads QUARKUS_HTTP_HOSTS
                    production | SETTINGS | Job kibana-dashboards | replace, path: POD/containers/0/env/0/name, value: KIBANA_URI | Job kibana-dashboards: nothing reads KIBANA_URI
                    production | FILES | ConfigMap audit | replace, path: /data/kafka.properties, value: sasl.mechanisms=PLAIN | ConfigMap audit: no Kafka client has sasl.mechanisms
                    production | VALUES | FlinkDeployment time-series-archive | add, path: /spec/job/args/-, value: --archive-dir=s3://archives/rows | jobs name the buckets [archives, streampane.example.org]
                    production | VALUES | FlinkDeployment index-results | add, path: /spec/job/args/-, value: --index-audit-topic=audits | FlinkDeployment index-results: audits is no topic
                    production | ARGUMENTS | FlinkDeployment word-count | replace, path: /spec/job/args/1, value: --generation=0 | FlinkDeployment word-count: --generation: '0' is not allowed
                    production | ARGUMENTS | FlinkDeployment word-count | replace, path: /spec/job/args/2, value: --parallel=2 | --parallel is no option of word-count
                    production | ARGUMENTS | FlinkDeployment word-count | replace, path: /spec/podTemplate/spec/containers/0/env/0/name, value: STREAMPANE_KAFKA_BOOTSTRAP_SERVICE_HOST | kafka.bootstrap.service.host: no Kafka client has this
                    production | COMMAND | CronJob audit | replace, path: /spec/jobTemplate/spec/template/spec/containers/0/args/1, value: --brokers | CronJob audit: Unknown option
                    production | MOUNTS | FlinkDeployment word-count | replace, path: /spec/podTemplate/spec/containers/0/volumeMounts/0/mountPath, value: /etc/streampane/ca | nothing is mounted at /etc/streampane/kafka-ca/ca.crt
                    production | JOBS | FlinkDeployment word-count | add, path: /spec/flinkConfiguration/state.savepoint.dir, value: x | Flink has no option state.savepoint.dir
                    production | JOBS | FlinkDeployment word-count | replace, path: /spec/job/jarURI, value: local:///opt/flink/usrlib/job.jar | /spec/job/jarURI is local:///opt/flink/usrlib/job.jar, not
                    production | JOBS | FlinkDeployment word-count | replace, path: /spec/job/args/0, value: index-results | /spec/job/args/0 is index-results, not word-count
                    production | JOBS | FlinkDeployment word-count | replace, path: /spec/taskManager/replicas, value: 3 | FlinkDeployment word-count: --parallelism is 2
                    production | JOBS | FlinkDeployment word-count | remove, path: /spec/flinkConfiguration/env.java.opts.taskmanager | env.java.opts.taskmanager is , not -XX:+ExitOnOutOfMemoryError
                    production | PORTS | Deployment results-api | replace, path: POD/containers/0/ports/0/containerPort, value: 8090 | Deployment results-api: its ports are
                    production | PORTS | Service results-api | replace, path: /spec/ports/0/port, value: 8090 | Service results-api: port http is 8090
                    production | PROBES | Deployment results-api | replace, path: POD/containers/0/readinessProbe/httpGet/port, value: http | readinessProbe asks /q/health/ready on http
                    production | CALLS | Deployment results-api | replace, path: POD/containers/0/env/0/value, value: "http://s3:9090" | Deployment results-api: calls.yml has no call to s3:9090
                    production | CALLS | Job kibana-dashboards | replace, path: POD/containers/0/env/0/value, value: "https://streampane-kb-http:5602" | Job kibana-dashboards: calls.yml has no call to streampane-kb-http:5602
                    production | IMAGES | FlinkDeployment word-count | replace, path: /spec/image, value: 'streampane/flink-jobs:1.0.0' | image streampane/flink-jobs:1.0.0
                    production | IMAGES | Kibana streampane | replace, path: /spec/version, value: 8.19.1 | Kibana streampane: image docker.elastic.co/kibana/kibana:8.19.1
                    production | IMAGES | Kafka streampane | replace, path: /spec/kafka/version, value: 4.1.0 | Kafka streampane: image apache/kafka:4.1.0
                    production | INGRESSES | Ingress results-api | replace, path: /spec/rules/0/http/paths/6/path, value: /q/health/live | the page links to /q/openapi
                    production | INGRESSES | Ingress results-api | replace, path: /spec/rules/0/http/paths/3/path, value: /api/v2 | results-api does not answer /api/v2
                    production | METRICS | HorizontalPodAutoscaler results-api | replace, path: /spec/metrics/0/pods/metric/name, value: streampane_stream_clients | results-api has no metric streampane_stream_clients
                    production | METRICS | PodMonitor results-api | replace, path: /spec/podMetricsEndpoints/0/path, value: /metrics | Deployment results-api does not answer /metrics on management
                    production | JARS | FlinkDeployment word-count | replace, path: /spec/job/jarURI, value: local:///opt/flink/usrlib/flink-pipeline-1.0.0-job.jar | the operator hides local:///opt/flink/usrlib/flink-pipeline-1.0.0-job.jar
                    production | API_SERVER | NetworkPolicy kafka | remove, path: /spec/egress/2 | no policy lets kafka out to the API server, [443, 6443]: []
                    dev | API_SERVER | NetworkPolicy kafka-dev | remove, path: /spec/egress/0 | no policy lets kafka out to the API server, [443, 6443, 8443]: [443, 6443]
                    production | ISSUERS | Deployment results-api | replace, path: POD/containers/0/env/16/value, value: oidc | Deployment results-api: no policy lets it out to its issuer, none
                    production | VOLUMES | Kafka streampane | remove, path: /spec/kafka/template/pod/securityContext/fsGroup | Kafka streampane: its pods' securityContext is without fsGroup: 0
                    production | VOLUMES | KafkaNodePool broker | remove, path: /spec/template/pod/securityContext/fsGroup | KafkaNodePool broker: its pods' securityContext is without fsGroup: 0
                    dev | FORMATS | Deployment influxdb | add, path: POD/containers/0/env/-, value: {name: INFLUXD_CONFIG_PATH, value: /tmp} | Deployment influxdb: INFLUXD_CONFIG_PATH=/tmp has no format
                    dev | FILES | ConfigMap telegraf | replace, path: /data/telegraf.conf, value: "topics = [\\"points\\"]" | ConfigMap telegraf: points is no topic
                    dev | VALUES | FlinkDeployment time-series-archive | add, path: /spec/job/args/-, value: --archive-dir=s3://archives/rows | of which [streampane] are made
                    """)
    void shouldNameWhatIsWrong(String overlay, Check check, String object, String change, String said) {
        // When
        List<String> problems = check.problems(Manifests.of(overlay).changed(object, change));
        // Then
        assertThat(problems).isNotEmpty().anyMatch(problem -> problem.contains(said));
    }
}
