// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;

class ReaderPoolTest {

    @Test
    void shouldLetNobodyWaitForWhatEndedInAnError() {
        // Given
        ReaderPool pool = new ReaderPool(new NoClients(), "reader", 1);
        for (int n = 0; n < 2; n++) {
            // When
            Uni<Integer> answer = pool.call(clients -> 1);
            // Then
            assertThatThrownBy(() -> answer.await().atMost(Duration.ofSeconds(5)))
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }
        pool.close();
    }

    private static final class NoClients extends KafkaAccess {

        private NoClients() {
            super(Map.of());
        }

        @Override
        Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> own) {
            throw new NoClassDefFoundError("none");
        }
    }
}
