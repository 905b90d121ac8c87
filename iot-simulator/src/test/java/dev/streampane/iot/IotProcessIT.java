// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.simulation.ProcessContract;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
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

    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required";

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
        int[] ports = FreePorts.next(5);
        try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"), ports[0], ports[1], secured(ports));
                Admin admin = Topics.admin(kafka.bootstrapServers())) {
            TopicCatalogue.load().create(kafka.bootstrapServers());
            start(Map.of(
                    "KAFKA_BOOTSTRAP_SERVERS",
                    "127.0.0.1:" + ports[2],
                    "KAFKA_SECURITY_PROTOCOL",
                    "SASL_PLAINTEXT",
                    "KAFKA_SASL_MECHANISM",
                    "SCRAM-SHA-512",
                    "KAFKA_SASL_JAAS_CONFIG",
                    SCRAM + " username=\"iot\" password=\"secret\";",
                    "QUARKUS_HTTP_PORT",
                    String.valueOf(ports[3]),
                    "QUARKUS_MANAGEMENT_PORT",
                    String.valueOf(ports[4])));
            awaitRefused(ports[4], "SaslAuthenticationException");
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "iot", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "secret")))
                    .all()
                    .get();
            awaitRefused(ports[4], "TopicAuthorizationException");
            allow(admin, AclOperation.DESCRIBE);
            awaitRefused(ports[4], "may be described, but not written to");

            // When
            allow(admin, AclOperation.WRITE);

            // Then
            await().atMost(PATIENCE).until(() -> get(ports[3], "/api/v1/simulator")
                    .matches("(?s).*\"acknowledged\":[1-9].*\"messages\":.*\"acknowledged\":[1-9].*"));
            assertThat(get(ports[4], "/q/health/ready")).startsWith("200");
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

    /** One listener that everybody may use for everything, and one where a user must be known and allowed. */
    private static Map<String, String> secured(int[] ports) {
        String open = "PLAINTEXT://127.0.0.1:" + ports[0];
        String secured = "SECURED://127.0.0.1:" + ports[2];
        return Map.of(
                "listeners", open + "," + secured + ",CONTROLLER://127.0.0.1:" + ports[1],
                "advertised.listeners", open + "," + secured,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "listener.name.secured.scram-sha-512.sasl.jaas.config", SCRAM + ";",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users", "User:ANONYMOUS");
    }
}
