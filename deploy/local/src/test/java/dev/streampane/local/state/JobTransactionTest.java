// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobTransactionTest {

    /** One that begins later than now began before a clock was set back. */
    @ParameterizedTest
    @CsvSource({"-40, true", "-10, false", "3600, true"})
    void shouldBeOldByTheTimeThatIsBetween(long seconds, boolean old) {
        // Given
        var transaction = new JobTransaction(
                "job",
                1,
                "job-1-0-1",
                1,
                TransactionState.ONGOING,
                Optional.of(Instant.now().plusSeconds(seconds)),
                Set.of());
        // Then
        assertThat(transaction.isOlderThan(Duration.ofSeconds(30))).isEqualTo(old);
    }
}
