// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.Map;
import java.util.Set;

/** What images of others that cannot be asked here take and where they listen, by the documentation of each. */
public final class ForeignImages {

    private static final Map<String, Set<String>> VARIABLES = Map.of(
            "docker.elastic.co/elasticsearch/elasticsearch",
                    Set.of("discovery.type", "xpack.security.enabled", "ES_JAVA_OPTS"),
            "docker.elastic.co/kibana/kibana", Set.of("ELASTICSEARCH_HOSTS", "TELEMETRY_OPTIN"),
            "adobe/s3mock",
                    Set.of(
                            "COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS",
                            "COM_ADOBE_TESTING_S3MOCK_STORE_ROOT",
                            "COM_ADOBE_TESTING_S3MOCK_STORE_RETAIN_FILES_ON_EXIT"),
            // Not INFLUXD_CONFIG_PATH, of which entrypoint.sh takes the format from the
            // suffix,
            // and ends without one: influxdata/influxdata-docker d457cb9,
            // influxdb/2.7/entrypoint.sh, init_influxd.
            "influxdb",
                    Set.of(
                            "DOCKER_INFLUXDB_INIT_MODE",
                            "DOCKER_INFLUXDB_INIT_USERNAME",
                            "DOCKER_INFLUXDB_INIT_PASSWORD",
                            "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN",
                            "DOCKER_INFLUXDB_INIT_ORG",
                            "DOCKER_INFLUXDB_INIT_BUCKET",
                            "INFLUX_CONFIGS_PATH"),
            "grafana/grafana",
                    Set.of(
                            "GF_AUTH_ANONYMOUS_ENABLED",
                            "GF_AUTH_ANONYMOUS_ORG_ROLE",
                            "GF_AUTH_DISABLE_LOGIN_FORM",
                            "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION",
                            "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
                            "GF_ANALYTICS_REPORTING_ENABLED",
                            "GF_ANALYTICS_CHECK_FOR_UPDATES"),
            "ghcr.io/kafbat/kafka-ui",
                    Set.of(
                            // kafbat/kafka-ui v1.3.0, api/Dockerfile
                            "JAVA_OPTS",
                            "SERVER_PORT",
                            "KAFKA_CLUSTERS_0_NAME",
                            "KAFKA_CLUSTERS_0_READONLY",
                            "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS",
                            "KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL",
                            "KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM",
                            "KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG",
                            "KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_TYPE",
                            "KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_LOCATION"));

    private static final Map<String, Set<Integer>> PORTS = Map.of(
            "docker.elastic.co/elasticsearch/elasticsearch", Set.of(9200),
            "docker.elastic.co/kibana/kibana", Set.of(5601),
            "adobe/s3mock", Set.of(9090),
            "influxdb", Set.of(8086),
            "prom/prometheus", Set.of(9090),
            "grafana/grafana", Set.of(3000));

    private ForeignImages() {}

    /** Whether the image of others, without its version, looks at this variable. */
    public static boolean read(String image, String variable) {
        return VARIABLES.getOrDefault(image, Set.of()).contains(variable);
    }

    /** Whether the image of others, without its version, listens there. */
    public static boolean listen(String image, int port) {
        return PORTS.getOrDefault(image, Set.of()).contains(port);
    }
}
