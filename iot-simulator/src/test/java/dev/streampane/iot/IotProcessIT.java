// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.local.server.ScramKafka;
import dev.streampane.simulation.ProcessContract;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("native")
class IotProcessIT extends ProcessContract {

    private static final Map<String, String> AUTHORIZED = Map.of(
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users", "User:ANONYMOUS");

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

    /** A producer that is refused while it asks for its id never has one, and sends nothing more. */
    @Test
    void shouldPublishOnceItsUserIsKnownAndMayWrite() throws Exception {
        // Given
        int[] ports = FreePorts.next(2);
        try (ScramKafka kafka = ScramKafka.start(folder.resolve("kafka"), AUTHORIZED);
                Admin admin = Topics.admin(kafka.bootstrapServers())) {
            TopicCatalogue.load().create(kafka.bootstrapServers());
            Map<String, String> environment = new HashMap<>(Map.of(
                    "QUARKUS_HTTP_PORT",
                    String.valueOf(ports[0]),
                    "QUARKUS_MANAGEMENT_PORT",
                    String.valueOf(ports[1])));
            kafka.client("iot")
                    .forEach((name, value) -> environment.put(
                            "KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
            start(environment);
            awaitRefused(ports[1], "SaslAuthenticationException");
            ScramKafka.add(admin, "iot");
            awaitRefused(ports[1], "TopicAuthorizationException");
            allow(admin, AclOperation.DESCRIBE);
            awaitRefused(ports[1], "may be described, but not written to");

            // When
            allow(admin, AclOperation.WRITE);

            // Then
            await().atMost(PATIENCE).until(() -> get(ports[0], "/api/v1/simulator")
                    .matches("(?s).*\"acknowledged\":[1-9].*\"messages\":.*\"acknowledged\":[1-9].*"));
            assertThat(get(ports[1], "/q/health/ready")).startsWith("200");
            assertThat(log()).doesNotContain("ERROR");
        }
    }

    private static void awaitRefused(int port, String cause) {
        await().atMost(PATIENCE).ignoreException(ConnectException.class).untilAsserted(() -> assertThat(
                        get(port, "/q/health/ready"))
                .startsWith("503")
                .containsPattern("device-readings.cause.*" + cause)
                .containsPattern("time-series.cause.*" + cause));
    }

    private static void allow(Admin admin, AclOperation operation) throws Exception {
        admin.createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
                        new AccessControlEntry("User:iot", "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }
}
