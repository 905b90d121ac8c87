// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What images of others that cannot be asked here take, and where they listen; beside each the file that says so. */
public final class ForeignImages {

    private static final Image NONE = image("none", 0);
    private static final Map<String, Image> IMAGES = Map.of(
            // elastic/elasticsearch 05a0133 (read there, not at v8.19.21),
            // distribution/docker/src/docker/bin/docker-entrypoint.sh
            "docker.elastic.co/elasticsearch/elasticsearch",
            image("discovery.type xpack.security.enabled ES_JAVA_OPTS", 9200),
            // elastic/kibana 00cc64e (read there, not at v8.19.21),
            // src/dev/build/tasks/os_packages/docker_generator/resources/base/bin/kibana-docker
            "docker.elastic.co/kibana/kibana",
            image("ELASTICSEARCH_HOSTS TELEMETRY_OPTIN", 5601),
            // adobe/S3Mock 4.9.1, server/src/main/java/com/adobe/testing/s3mock/S3MockApplication.java
            "adobe/s3mock",
            image("COM_ADOBE_TESTING_S3MOCK_STORE_", "INITIAL_BUCKETS ROOT RETAIN_FILES_ON_EXIT", 9090),
            // influxdata/influxdata-docker d457cb9, influxdb/2.7/entrypoint.sh. Not INFLUXD_CONFIG_PATH, of which
            // init_influxd takes the format from the suffix, and ends without one.
            "influxdb",
            image("""
                    INFLUX_CONFIGS_PATH DOCKER_INFLUXDB_INIT_MODE DOCKER_INFLUXDB_INIT_USERNAME DOCKER_INFLUXDB_INIT_PASSWORD
                    DOCKER_INFLUXDB_INIT_ADMIN_TOKEN DOCKER_INFLUXDB_INIT_ORG DOCKER_INFLUXDB_INIT_BUCKET""", 8086),
            // prometheus/prometheus v3.5.0, Dockerfile
            "prom/prometheus",
            image("none", 9090),
            // grafana/grafana 002060f (read there, not at v12.2.1), conf/defaults.ini: GF_SECTION_KEY
            "grafana/grafana",
            image("GF_", """
                    AUTH_ANONYMOUS_ENABLED AUTH_ANONYMOUS_ORG_ROLE AUTH_DISABLE_LOGIN_FORM ANALYTICS_REPORTING_ENABLED
                    SECURITY_DISABLE_INITIAL_ADMIN_CREATION DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH
                    ANALYTICS_CHECK_FOR_UPDATES""", 3000),
            // kafbat/kafka-ui v1.3.0, api/Dockerfile; the others are Spring's names of its ClustersProperties
            "ghcr.io/kafbat/kafka-ui",
            image("""
                    JAVA_OPTS SERVER_PORT KAFKA_CLUSTERS_0_NAME KAFKA_CLUSTERS_0_READONLY KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS
                    KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL KAFKA_CLUSTERS_0_PROPERTIES_SASL_MECHANISM
                    KAFKA_CLUSTERS_0_PROPERTIES_SASL_JAAS_CONFIG KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_TYPE
                    KAFKA_CLUSTERS_0_PROPERTIES_SSL_TRUSTSTORE_LOCATION""", 0));

    private record Image(Set<String> variables, int port) {}

    private ForeignImages() {}

    private static Image image(String variables, int port) {
        return image("", variables, port);
    }

    private static Image image(String prefix, String variables, int port) {
        return new Image(
                Stream.of(variables.split("\\s+")).map(it -> prefix + it).collect(Collectors.toSet()), port);
    }

    /** Whether the image of others, without its version, looks at this variable. */
    public static boolean read(String image, String variable) {
        return IMAGES.getOrDefault(image, NONE).variables().contains(variable);
    }

    /** Whether the image of others, without its version, listens there. */
    public static boolean listen(String image, int port) {
        return IMAGES.getOrDefault(image, NONE).port() == port;
    }
}
