// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveriesTest {

    private static final OutgoingRecord RECORD = new OutgoingRecord(1, false, null, new byte[1], Map.of());

    private final Logged log = new Logged(TopicPublisher.class);
    private final Deliveries deliveries = new Deliveries("t", 1000, Duration.ofNanos(-1));

    @AfterEach
    void end() {
        log.close();
    }

    @Test
    void shouldNotBlameAnOutageOnACauseThatIsOver() {
        // Given
        deliveries.problem(new IllegalStateException("no leader"));
        deliveries.acknowledged(RECORD);

        // When
        deliveries.accepted();
        deliveries.watch();

        // Then
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARN Kafka does not acknowledge")
                .endsWith("cause=none known");
    }

    @Test
    void shouldSayWhyRecordsFailedAlsoAfterOthersWereAcknowledged() {
        // Given
        deliveries.failed(RECORD, new IllegalStateException("too large"));
        deliveries.acknowledged(RECORD);

        // When
        deliveries.problem(new IllegalStateException("no leader"));
        deliveries.watch();

        // Then
        assertThat(log.lines())
                .singleElement()
                .isEqualTo("WARN records failed: topic=t failed=1 cause=IllegalStateException: too large");
    }
}
