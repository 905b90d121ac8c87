// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.ScramKafka;
import dev.streampane.pipeline.KafkaLog;
import dev.streampane.pipeline.contract.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterProducerIT {

    private static final Output LETTER =
            new Output(Output.Channel.DEAD_LETTERS, null, "x".getBytes(UTF_8), Map.of("reason", "range"));

    @TempDir
    private Path data;

    /** A producer that is refused while it asks for its id never has one, and sends nothing more. */
    @Test
    void shouldWriteTheLettersOfAUserWhomTheBrokersDidNotKnowAtFirst() throws Exception {
        try (ScramKafka kafka = ScramKafka.start(data, Map.of());
                KafkaLog log = new KafkaLog(kafka.bootstrapServers());
                var letters = new DeadLetterProducer(client(kafka), "dead-letters")) {
            // Given
            assertThat(letters.send(LETTER))
                    .failsWithin(Duration.ofSeconds(40))
                    .withThrowableThat()
                    .withCauseInstanceOf(SaslAuthenticationException.class);

            // When
            ScramKafka.add(log.admin(), "index-results");

            // Then
            await().until(() -> letters.send(LETTER)
                    .handle((sent, failure) -> failure == null)
                    .get());
            assertThat(log.committed("dead-letters")).isNotEmpty();
        }
    }

    private static Properties client(ScramKafka kafka) {
        var properties = new Properties();
        properties.putAll(kafka.client("index-results"));
        return properties;
    }
}
