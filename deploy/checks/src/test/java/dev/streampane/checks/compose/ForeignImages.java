// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What images of others that cannot be asked here take and where they listen, by the documentation of each. */
final class ForeignImages {

    private static final Map<String, Pattern> VARIABLES =
            Map.of(
                    "docker.elastic.co/elasticsearch/elasticsearch",
                            Pattern.compile(
                                    "discovery\\.type|xpack\\.security\\.enabled|ES_JAVA_OPTS"),
                    "docker.elastic.co/kibana/kibana",
                            Pattern.compile("ELASTICSEARCH_HOSTS|TELEMETRY_OPTIN"),
                    "adobe/s3mock", Pattern.compile("COM_ADOBE_TESTING_S3MOCK_STORE_[A-Z_]+"),
                    "influxdb", Pattern.compile("DOCKER_INFLUXDB_INIT_[A-Z_]+"),
                    "grafana/grafana", Pattern.compile("GF_[A-Z]+_[A-Z_]+"),
                    "ghcr.io/kafbat/kafka-ui",
                            Pattern.compile("SERVER_PORT|KAFKA_CLUSTERS_0_[A-Z]+"));

    private static final Map<String, Set<Integer>> PORTS =
            Map.of(
                    "docker.elastic.co/elasticsearch/elasticsearch", Set.of(9200),
                    "docker.elastic.co/kibana/kibana", Set.of(5601),
                    "adobe/s3mock", Set.of(9090),
                    "influxdb", Set.of(8086),
                    "prom/prometheus", Set.of(9090),
                    "grafana/grafana", Set.of(3000));

    private ForeignImages() {}

    static boolean read(String image, String variable) {
        return Optional.ofNullable(VARIABLES.get(image))
                .filter(known -> known.matcher(variable).matches())
                .isPresent();
    }

    static boolean listen(String image, int port) {
        return PORTS.getOrDefault(image, Set.of()).contains(port);
    }
}
