// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TransactionsIT {

    private static final String RESULTS = "window-results";

    @RegisterExtension
    static final Journal journal = new Journal();

    private final List<KafkaProducer<byte[], byte[]>> open = new ArrayList<>();

    @BeforeEach
    void createTopic() {
        journal.create(List.of(RESULTS), 1);
    }

    @AfterEach
    void endTransactions() {
        open.forEach(KafkaProducer::close);
        journal.delete(List.of(RESULTS));
    }

    @Test
    void shouldListWhatIsOpenWithItsJobGenerationAndCheckpoint() throws Exception {
        // Given
        begin("weather-average-2-1-58", "a");
        begin("weather-average-2-0-57", "b").commitTransaction();
        begin("somebody-else", "c");

        // When
        var transactions = Transactions.list(journal.bootstrapServers());

        // Then
        assertThat(transactions).hasSize(1);
        JobTransaction transaction = transactions.get(0);
        assertThat(transaction.job()).isEqualTo("weather-average");
        assertThat(transaction.generation()).isEqualTo(2);
        assertThat(transaction.checkpointId()).isEqualTo(58);
        assertThat(transaction.state()).isEqualTo(TransactionState.ONGOING);
        assertThat(transaction.startedAt()).isPresent();
        assertThat(transaction.topicPartitions()).containsExactly(new TopicPartition(RESULTS, 0));
        assertThat(transaction.promised(58)).isTrue();
        assertThat(transaction.promised(57)).isFalse();
    }

    @Test
    void shouldAbortTheOrphansOfJobsThatDoNotRunInEveryGeneration(@TempDir Path states) throws Exception {
        // Given
        TestCheckpoint.write(states.resolve("weather-average/1/chk-57"), 57);
        TestCheckpoint.write(states.resolve("weather-average/2/chk-3"), 3);
        begin("weather-average-1-0-57", "promised");
        begin("weather-average-1-0-58", "orphan");
        begin("weather-average-2-0-4", "orphan");
        begin("transaction-total-1-0-1", "of a job that runs");
        begin("somebody-elses-1-2-3", "of no job");

        // When
        var outcomes = abort(
                        states,
                        open -> List.of("weather-average", "index-results").contains(open.job()),
                        false)
                .byJob();

        // Then
        assertThat(outcomes).containsOnlyKeys("weather-average");
        assertThat(outcomes.get("weather-average").aborted())
                .extracting(JobTransaction::transactionalId)
                .containsExactly("weather-average-1-0-58", "weather-average-2-0-4");
        assertThat(Transactions.list(journal.bootstrapServers()))
                .extracting(JobTransaction::transactionalId)
                .containsExactly("somebody-elses-1-2-3", "transaction-total-1-0-1", "weather-average-1-0-57");
    }

    @Test
    void shouldLeaveAloneWhatHasJustBegun(@TempDir Path states) throws Exception {
        // Given
        begin("weather-average-1-0-58", "of a job that has come back").flush();

        // When
        var aborted = abort(states, open -> open.isOlderThan(Duration.ofSeconds(30)), false)
                .aborted();

        // Then
        assertThat(aborted).isEmpty();
        assertThat(Transactions.list(journal.bootstrapServers())).hasSize(1);
    }

    @Test
    void shouldAbortPromisedTransactionsOnlyWhenToldToLoseThem(@TempDir Path states) throws Exception {
        // Given
        TestCheckpoint.write(states.resolve("weather-average/1/chk-57"), 57);
        begin("weather-average-1-0-57", "promised");

        // When
        var refusing = abort(states, open -> true, false);
        var losing = abort(states, open -> true, true);

        // Then
        assertThat(refusing.aborted()).isEmpty();
        assertThat(refusing.refused()).hasSize(1);
        assertThat(losing.aborted()).hasSize(1);
        assertThat(losing.refused()).isEmpty();
        assertThat(Transactions.list(journal.bootstrapServers())).isEmpty();
    }

    private static Transactions.Outcome abort(Path states, Predicate<JobTransaction> which, boolean lose) {
        return Transactions.abort(journal.bootstrapServers(), states, which, lose);
    }

    private KafkaProducer<byte[], byte[]> begin(String transactionalId, String value)
            throws ExecutionException, InterruptedException {
        var producer = journal.transaction(transactionalId);
        open.add(producer);
        producer.send(Journal.record(RESULTS, 0, null, value, Map.of())).get();
        return producer;
    }
}
