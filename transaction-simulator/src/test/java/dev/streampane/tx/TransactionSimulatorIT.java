// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.BrokerResource;
import dev.streampane.simulation.SimulatorContract;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
        value = BrokerResource.class,
        initArgs = {
            @ResourceArg(name = "prefix", value = "tx"),
            @ResourceArg(name = "tx.clients.count", value = "40"),
            @ResourceArg(name = "tx.scenarios.rate", value = "60")
        })
class TransactionSimulatorIT extends SimulatorContract {

    TransactionSimulatorIT() {
        super("tx", "transaction", "transactions", "client");
    }

    @Override
    protected void checkHeaders(ConsumerRecord<byte[], byte[]> message, JsonNode transaction) {
        assertThat(message.headers()).allMatch(header -> header.key().equals("scenario"));
        assertThat(message.headers().iterator().hasNext())
                .as("client %s is of the population or plays", transaction.get("client"))
                .isEqualTo(transaction.get("client").asLong() > 40);
    }

    @Test
    void shouldLabelWhatPlaysAScenario() {
        // When
        awaitAcknowledged(100);

        // Then
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(topic())
                .extracting(message -> message.headers().lastHeader("scenario"))
                .filteredOn(header -> header != null)
                .extracting(header -> new String(header.value(), UTF_8))
                .contains("small-then-large/case/0", "small-then-large/near-miss/1", "many-transactions/case/2"));
    }
}
