// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.job.Brokers;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;

/**
 * Finds which of the transactions that state promises are committed already, according to the brokers. Transactions that the brokers have
 * forgotten are not among them: {@link GuardedCommitter} decides on those.
 *
 * <p>Every restore finds committed ones, because a checkpoint is written before its transactions are committed. They must not be committed
 * again: since KIP-890 (transaction version 2) a commit raises the producer's epoch, so that the epoch in the state is fenced like that of
 * an aborted transaction, and the answer to a second commit is the same for both.
 */
record CommittedTransactions(Properties kafka)
        implements Function<Collection<KafkaCommittable>, Set<KafkaCommittable>> {

    @Override
    public Set<KafkaCommittable> apply(Collection<KafkaCommittable> promised) {
        try (Brokers brokers = Brokers.connect(kafka)) {
            Map<String, TransactionDescription> known = brokers.transactions(
                    promised.stream().map(KafkaCommittable::getTransactionalId).toList());
            return promised.stream()
                    .filter(committable ->
                            isCommitted(committable, Optional.ofNullable(known.get(committable.getTransactionalId()))))
                    .collect(Collectors.toSet());
        }
    }

    static boolean isCommitted(KafkaCommittable promised, Optional<TransactionDescription> transaction) {
        return transaction.isPresent()
                && isCommit(transaction.get().state())
                && transaction.get().producerId() == promised.getProducerId()
                && isSameOrNext(promised.getEpoch(), transaction.get().producerEpoch());
    }

    private static boolean isCommit(TransactionState state) {
        return state == TransactionState.COMPLETE_COMMIT || state == TransactionState.PREPARE_COMMIT;
    }

    private static boolean isSameOrNext(int epoch, int now) {
        return now == epoch || now == epoch + 1;
    }
}
