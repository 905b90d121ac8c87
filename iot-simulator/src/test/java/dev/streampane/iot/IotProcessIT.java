// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.simulation.ProcessContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class IotProcessIT extends ProcessContract {

    IotProcessIT() {
        super("iot-simulator", "iot", "each device's period", List.of("device-readings", "time-series"));
    }

    @Test
    void shouldPublishReadingsAndNameTheTopicOfTagsWhenItIsNotThere() throws Exception {
        // Given
        int[] ports = FreePorts.next(2);
        try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"))) {
            TopicCatalogue.load().create(kafka.bootstrapServers());

            // When
            start(Map.of(
                    "KAFKA_BOOTSTRAP_SERVERS",
                    kafka.bootstrapServers(),
                    "QUARKUS_HTTP_PORT",
                    String.valueOf(ports[0]),
                    "QUARKUS_MANAGEMENT_PORT",
                    String.valueOf(ports[1]),
                    "IOT_TAGS_TOPIC",
                    "not-there"));

            // Then
            await().atMost(PATIENCE).until(() -> log().contains("Kafka does not acknowledge"));
            await().atMost(PATIENCE)
                    .until(() -> get(ports[0], "/api/v1/simulator").matches("(?s).*\"acknowledged\":[1-9].*"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(ports[1], "/q/health/ready"))
                    .startsWith("503")
                    .contains("not-there.cause", "UnknownTopicOrPartitionException")
                    .doesNotContain("device-readings.cause"));
            assertThat(get(ports[1], "/q/health/live")).startsWith("200");
            assertThat(log()).contains("topic=not-there").containsOnlyOnce("WARN");
        }
    }
}
