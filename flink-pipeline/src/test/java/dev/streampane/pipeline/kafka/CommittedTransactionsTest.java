// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommittedTransactionsTest {

    private static final KafkaCommittable PROMISED = new KafkaCommittable(7, (short) 1, "weather-average-1-0-5", null);

    @Test
    void shouldNotSayWhenTheBrokerHasForgottenIt() {
        assertThat(CommittedTransactions.isCommitted(PROMISED, Optional.empty()))
                .isFalse();
    }

    /** Of the same producer and epoch, of a later epoch that the commit may have, and of another producer or epoch. */
    @ParameterizedTest
    @CsvSource({"7, 1, true", "7, 2, true", "8, 1, false", "7, 0, false", "7, 3, false"})
    void shouldBeCommittedOnlyWhenTheBrokerSaysSoOfItsOwnCommit(long producerId, int epoch, boolean own) {
        for (TransactionState state : TransactionState.values()) {
            boolean committed = state == TransactionState.COMPLETE_COMMIT || state == TransactionState.PREPARE_COMMIT;
            assertThat(isCommitted(state, producerId, epoch)).as("%s", state).isEqualTo(own && committed);
        }
    }

    private static boolean isCommitted(TransactionState state, long producerId, int epoch) {
        return CommittedTransactions.isCommitted(
                PROMISED,
                Optional.of(new TransactionDescription(
                        0, state, producerId, epoch, 1_000, OptionalLong.empty(), Set.of())));
    }
}
