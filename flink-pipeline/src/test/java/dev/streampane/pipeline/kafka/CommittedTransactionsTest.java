// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;

class CommittedTransactionsTest {

    private static final KafkaCommittable PROMISED = new KafkaCommittable(7, (short) 1, "weather-average-1-0-5", null);

    @Test
    void shouldBeCommittedWhenTheBrokerSaysSo() {
        assertThat(isCommitted(TransactionState.COMPLETE_COMMIT, 7, 1)).isTrue();
        assertThat(isCommitted(TransactionState.COMPLETE_COMMIT, 7, 2)).isTrue();
        assertThat(isCommitted(TransactionState.PREPARE_COMMIT, 7, 1)).isTrue();
    }

    @Test
    void shouldNotSayWhenTheBrokerHasForgottenIt() {
        assertThat(CommittedTransactions.isCommitted(PROMISED, Optional.empty()))
                .isFalse();
    }

    @Test
    void shouldNotBeCommittedInAnyOtherState() {
        for (TransactionState state :
                EnumSet.complementOf(EnumSet.of(TransactionState.COMPLETE_COMMIT, TransactionState.PREPARE_COMMIT))) {
            assertThat(isCommitted(state, 7, 1)).as("%s", state).isFalse();
            assertThat(isCommitted(state, 7, 2)).as("%s", state).isFalse();
        }
    }

    @Test
    void shouldNotBeCommittedWhenTheCommitIsAnothers() {
        assertThat(isCommitted(TransactionState.COMPLETE_COMMIT, 8, 1)).isFalse();
        assertThat(isCommitted(TransactionState.COMPLETE_COMMIT, 7, 0)).isFalse();
        assertThat(isCommitted(TransactionState.COMPLETE_COMMIT, 7, 3)).isFalse();
    }

    private static boolean isCommitted(TransactionState state, long producerId, int epoch) {
        return CommittedTransactions.isCommitted(
                PROMISED,
                Optional.of(new TransactionDescription(
                        0, state, producerId, epoch, 1_000, OptionalLong.empty(), Set.of())));
    }
}
