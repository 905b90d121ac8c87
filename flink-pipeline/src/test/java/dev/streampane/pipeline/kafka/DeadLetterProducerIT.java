// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.contract.DeadLetter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterProducerIT {

    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    private static final DeadLetter LETTER = new DeadLetter(
            "index-results",
            1,
            "range",
            "no time",
            "window-results",
            0,
            7,
            null,
            null,
            null,
            null,
            "x".getBytes(UTF_8));

    @TempDir
    private Path data;

    /** A producer that is refused while it asks for its id never has one, and sends nothing more. */
    @Test
    void shouldWriteTheLettersOfAUserWhomTheBrokersDidNotKnowAtFirst() throws Exception {
        int[] ports = FreePorts.next(3);
        try (LocalKafka kafka = LocalKafka.start(data, ports[0], ports[1], secured(ports));
                KafkaLog log = new KafkaLog(kafka.bootstrapServers());
                var letters = new DeadLetterProducer(client("127.0.0.1:" + ports[2]), "dead-letters")) {
            // Given
            assertThat(letters.send(LETTER))
                    .failsWithin(Duration.ofSeconds(40))
                    .withThrowableThat()
                    .withCauseInstanceOf(SaslAuthenticationException.class);

            // When
            log.admin()
                    .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "index-results", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "secret")))
                    .all()
                    .get();

            // Then
            await().atMost(Duration.ofSeconds(60)).until(() -> letters.send(LETTER)
                    .handle((sent, failure) -> failure == null)
                    .get());
            assertThat(log.committed("dead-letters")).isNotEmpty();
        }
    }

    /** One listener that everybody may use, and one where a user must be known. */
    private static Map<String, String> secured(int[] ports) {
        String open = "PLAINTEXT://127.0.0.1:" + ports[0];
        String secured = "SECURED://127.0.0.1:" + ports[2];
        return Map.of(
                "listeners", open + "," + secured + ",CONTROLLER://127.0.0.1:" + ports[1],
                "advertised.listeners", open + "," + secured,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "listener.name.secured.scram-sha-512.sasl.jaas.config", SCRAM + ";");
    }

    private static Properties client(String servers) {
        var properties = new Properties();
        properties.setProperty("bootstrap.servers", servers);
        properties.setProperty("security.protocol", "SASL_PLAINTEXT");
        properties.setProperty("sasl.mechanism", "SCRAM-SHA-512");
        properties.setProperty("sasl.jaas.config", SCRAM + " username=\"index-results\" password=\"secret\";");
        return properties;
    }
}
