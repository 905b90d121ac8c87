// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.api.Test;

/** What a laptop has. */
class SmallTest {

    private static final long GIB = 1L << 30;

    private final Manifests small = Manifests.of("small");

    @Test
    void shouldAskForLessThanEightGibibytes() {
        assertThat(bytes()).isBetween(7 * GIB, 8 * GIB - 1);
    }

    @Test
    void shouldHaveAllThatOneWindowNeeds() {
        assertThat(small.all("FlinkDeployment"))
                .extracting(Manifests::nameOf)
                .containsExactly("FlinkDeployment weather-average", "FlinkDeployment index-results");
        assertThat(small.all("Deployment"))
                .extracting(Manifests::nameOf)
                .containsExactlyInAnyOrder("Deployment results-api", "Deployment iot-simulator", "Deployment s3");
    }

    /** What the scheduler keeps for whatever does not end; jobs have the memory of their processes. */
    private long bytes() {
        long bytes = 0;
        for (JsonNode job : small.all("FlinkDeployment")) {
            bytes += bytes(job.at("/spec/jobManager/resource/memory"));
            bytes += bytes(job.at("/spec/taskManager/resource/memory"))
                    * job.at("/spec/taskManager/replicas").asLong();
        }
        for (JsonNode deployment : small.all("Deployment")) {
            bytes += bytes(deployment.at("/spec/template/spec/containers/0/resources/requests/memory"));
        }
        for (JsonNode pool : small.all("KafkaNodePool")) {
            bytes += bytes(pool.at("/spec/resources/requests/memory"))
                    * pool.at("/spec/replicas").asLong();
        }
        JsonNode operators = small.get("Kafka", "streampane").at("/spec/entityOperator");
        bytes += bytes(operators.at("/topicOperator/resources/requests/memory"));
        bytes += bytes(operators.at("/userOperator/resources/requests/memory"));
        JsonNode elasticsearch =
                small.get("Elasticsearch", "streampane").at("/spec/nodeSets/0/podTemplate/spec/containers/0");
        return bytes + bytes(elasticsearch.at("/resources/requests/memory"));
    }

    /** Flink's 896m are mebibytes. */
    private static long bytes(JsonNode memory) {
        return Quantity.getAmountInBytes(new Quantity(memory.asText().replaceFirst("m$", "Mi")))
                .longValueExact();
    }
}
