// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.TransactionalId;
import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * The open transactions of the jobs.
 *
 * <p>With N the newest completed checkpoint or savepoint of a generation, its transactions up to N
 * are promised: the job restored from N commits them. Those above N are orphans as soon as no task
 * of the job runs; {@link #abortOrphans} ends them, so that readers go on. Call it only then: a
 * running job would be fenced.
 */
public final class Transactions {

    private static final Set<TransactionState> UNFINISHED =
            Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

    /** Not longer: the job may have been submitted again by then, and would be fenced. */
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(5);

    private Transactions() {}

    /**
     * What {@link #abort} did.
     *
     * @param aborted transactions that it ended
     * @param refused promised ones that it left alone
     */
    public record Outcome(List<JobTransaction> aborted, List<JobTransaction> refused) {}

    /** Transactions of jobs that have not ended, by job, generation and checkpoint. */
    public static List<JobTransaction> list(String bootstrapServers) {
        try (Admin admin = Topics.admin(bootstrapServers)) {
            return list(admin);
        }
    }

    /**
     * Aborts the transactions above {@code newestCompleted} that began more than {@code age} ago, and no other.
     *
     * @param newestCompleted as for {@link #abort}
     * @return those that were aborted
     */
    public static List<JobTransaction> abortOrphans(
            String bootstrapServers, String job, int generation, LongSupplier newestCompleted, Duration age) {
        try (Admin admin = Topics.admin(bootstrapServers, ABORT_PATIENCE)) {
            List<JobTransaction> open = list(admin, job, generation);
            long newest = newestCompleted.getAsLong();
            Instant before = Instant.now().minus(age);
            List<JobTransaction> orphans = open.stream()
                    .filter(t -> !t.promised(newest))
                    .filter(t -> t.startedAt().map(before::isAfter).orElse(false))
                    .toList();
            fence(admin, orphans);
            return orphans;
        }
    }

    /**
     * Aborts the orphans of jobs of which no task runs, of every generation.
     *
     * @param states folder of all jobs' checkpoints and savepoints
     * @return what was done, for each of the jobs that had open transactions; refused are the promised ones
     */
    public static Map<String, Outcome> abortOrphans(String bootstrapServers, Collection<String> jobs, Path states) {
        try (Admin admin = Topics.admin(bootstrapServers, ABORT_PATIENCE)) {
            Map<String, Outcome> outcomes = new TreeMap<>();
            for (JobTransaction open : list(admin)) {
                if (jobs.contains(open.job())) {
                    Outcome outcome = outcomes.computeIfAbsent(
                            open.job(), job -> new Outcome(new ArrayList<>(), new ArrayList<>()));
                    long newest = NewestState.id(states, open.job(), open.generation());
                    (open.promised(newest) ? outcome.refused() : outcome.aborted()).add(open);
                }
            }
            for (Outcome outcome : outcomes.values()) {
                fence(admin, outcome.aborted());
            }
            return outcomes;
        }
    }

    /**
     * Aborts what is open of one generation of a job.
     *
     * @param newestCompleted tells the id of the generation's newest completed checkpoint or savepoint, 0 without any;
     *     asked when it is known what is open, as one that completes in between promises some of it
     * @param lose abort promised transactions, too: what they hold is lost for every reader
     */
    public static Outcome abort(
            String bootstrapServers, String job, int generation, LongSupplier newestCompleted, boolean lose) {
        try (Admin admin = Topics.admin(bootstrapServers, ABORT_PATIENCE)) {
            List<JobTransaction> open = list(admin, job, generation);
            long newest = newestCompleted.getAsLong();
            Map<Boolean, List<JobTransaction>> refused =
                    open.stream().collect(Collectors.partitioningBy(t -> t.promised(newest) && !lose));
            fence(admin, refused.get(false));
            return new Outcome(refused.get(false), refused.get(true));
        }
    }

    private static List<JobTransaction> list(Admin admin, String job, int generation) {
        return list(admin).stream()
                .filter(t -> t.job().equals(job) && t.generation() == generation)
                .toList();
    }

    private static List<JobTransaction> list(Admin admin) {
        Map<String, TransactionListing> unfinished =
                Topics.get(admin.listTransactions(new ListTransactionsOptions().filterStates(UNFINISHED))
                                .all())
                        .stream()
                        .filter(listing ->
                                TransactionalId.parse(listing.transactionalId()).isPresent())
                        .collect(Collectors.toMap(TransactionListing::transactionalId, Function.identity()));
        List<JobTransaction> transactions = new ArrayList<>();
        if (!unfinished.isEmpty()) {
            var descriptions = admin.describeTransactions(unfinished.keySet());
            unfinished.keySet().forEach(id -> describe(id, descriptions.description(id))
                    .ifPresent(transactions::add));
        }
        transactions.sort(Comparator.comparing(JobTransaction::job)
                .thenComparing(JobTransaction::generation)
                .thenComparing(JobTransaction::checkpointId)
                .thenComparing(JobTransaction::transactionalId));
        return transactions;
    }

    private static Optional<JobTransaction> describe(String id, KafkaFuture<TransactionDescription> answer) {
        try {
            TransactionDescription description = Topics.get(answer);
            Optional<TransactionalId> of = TransactionalId.parse(id);
            if (of.isEmpty() || !UNFINISHED.contains(description.state())) {
                return Optional.empty();
            }
            var started = description.transactionStartTimeMs();
            return Optional.of(new JobTransaction(
                    of.get().job(),
                    of.get().generation(),
                    id,
                    of.get().checkpoint(),
                    description.producerId(),
                    description.state(),
                    started.isPresent() ? Optional.of(Instant.ofEpochMilli(started.getAsLong())) : Optional.empty(),
                    Set.copyOf(description.topicPartitions())));
        } catch (TransactionalIdNotFoundException e) {
            return Optional.empty(); // it ended and expired between the two questions
        }
    }

    private static void fence(Admin admin, Collection<JobTransaction> transactions) {
        if (!transactions.isEmpty()) {
            Topics.get(admin.fenceProducers(transactions.stream()
                            .map(JobTransaction::transactionalId)
                            .toList())
                    .all());
        }
    }
}
