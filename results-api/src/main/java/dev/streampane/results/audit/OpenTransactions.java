// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.ResultsConfig;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/** Finds transactions on the results topic that have been open for long: they hold back its readers. */
@ApplicationScoped
public class OpenTransactions {

    /**
     * An open transaction.
     *
     * @param partitions partitions of the results topic that it holds back, as {@code topic-partition}
     */
    public record Holder(String transactionalId, Duration age, List<String> partitions) {

        @Override
        public String toString() {
            return "%s for %d s on %s".formatted(transactionalId, age.toSeconds(), String.join(" ", partitions));
        }
    }

    private final String topic;
    private final Duration openAfter;
    private volatile List<Holder> holders = List.of();

    OpenTransactions(ResultsConfig config, MeterRegistry metrics) {
        this.topic = config.topic();
        this.openAfter = config.openTransactionAfter();
        metrics.gauge("streampane.results.open.transactions", this, open -> open.holders.size());
    }

    /** The transactions found at the last look, oldest first; empty if it failed, for example while the broker was unavailable. */
    public List<Holder> holders() {
        return holders;
    }

    /** Drops the findings of the last look, which must not be taken for current ones. */
    void forget() {
        holders = List.of();
    }

    void look(Admin admin) throws ExecutionException, InterruptedException {
        Collection<TransactionListing> ongoing = admin.listTransactions(
                        new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                .all()
                .get();
        Map<String, TransactionDescription> described = admin.describeTransactions(ongoing.stream()
                        .map(TransactionListing::transactionalId)
                        .toList())
                .all()
                .get();
        Instant now = Instant.now();
        holders = described.entrySet().stream()
                .filter(one -> one.getValue().state() == TransactionState.ONGOING)
                .map(one -> holder(one.getKey(), one.getValue(), now))
                .filter(holder -> holder.age().compareTo(openAfter) >= 0)
                .filter(holder -> !holder.partitions().isEmpty())
                .sorted(Comparator.comparing(Holder::age).reversed())
                .toList();
    }

    private Holder holder(String id, TransactionDescription open, Instant now) {
        Instant begin = Instant.ofEpochMilli(open.transactionStartTimeMs().orElse(now.toEpochMilli()));
        return new Holder(
                id,
                Duration.between(begin, now),
                open.topicPartitions().stream()
                        .filter(partition -> partition.topic().equals(topic))
                        .map(TopicPartition::toString)
                        .sorted()
                        .toList());
    }
}
