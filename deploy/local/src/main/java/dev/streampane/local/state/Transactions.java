// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.TransactionalId;
import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * The open transactions of the jobs.
 *
 * <p>Let N be the id of the newest completed checkpoint or savepoint of a generation. The transactions up to N are promised: the
 * job restored from N commits them. Those above N are orphans as soon as no task of the job runs; {@link #abort} ends them, so
 * that readers go on. Call it only then: it would fence a running job.
 */
public final class Transactions {

    private static final Set<TransactionState> UNFINISHED =
            Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

    /** How long {@link #abort} waits for the brokers. After a longer time the job may have been submitted again, and would be fenced. */
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(5);

    private Transactions() {}

    /**
     * What {@link #abort} did.
     *
     * @param aborted transactions that it ended
     * @param refused promised transactions that it left alone
     * @param gone transactions that ended meanwhile, or whose job has begun others under the same ids
     */
    public record Outcome(List<JobTransaction> aborted, List<JobTransaction> refused, List<JobTransaction> gone) {

        public static final Outcome NOTHING = new Outcome(List.of(), List.of(), List.of());

        /** What was done with the transactions of one job. */
        public Outcome of(String job) {
            Predicate<JobTransaction> its = t -> t.job().equals(job);
            return new Outcome(
                    aborted.stream().filter(its).toList(),
                    refused.stream().filter(its).toList(),
                    gone.stream().filter(its).toList());
        }
    }

    /** The open transactions of all jobs, in the order of job, generation and checkpoint. */
    public static List<JobTransaction> list(String bootstrapServers) {
        try (Admin admin = Topics.admin(bootstrapServers)) {
            return list(admin);
        }
    }

    /**
     * Aborts open transactions. Lists them a second time just before, and leaves alone those that have changed: a job that Flink
     * has restarted meanwhile begins others under the same ids.
     *
     * @param states folder of all jobs' checkpoints and savepoints; read after the open transactions are listed, because a
     *     checkpoint that completes in between promises some of them
     * @param which selects the transactions to abort
     * @param lose whether to abort promised transactions, too: their records are lost for every reader, which is noted in
     *     {@code job-runs}
     */
    public static Outcome abort(String bootstrapServers, Path states, Predicate<JobTransaction> which, boolean lose) {
        try (Admin admin = Topics.admin(bootstrapServers, ABORT_PATIENCE)) {
            Map<JobGeneration, Long> newest = new HashMap<>();
            long begin = System.nanoTime();
            List<JobTransaction> asked = list(admin).stream().filter(which).toList();
            Map<Boolean, List<JobTransaction>> promised = asked.stream()
                    .collect(Collectors.partitioningBy(open -> open.promised(newest.computeIfAbsent(
                            new JobGeneration(open.job(), open.generation()),
                            of -> NewestState.id(states, of.job(), of.generation())))));
            List<JobTransaction> wanted = lose ? asked : promised.get(false);
            List<JobTransaction> now = wanted.isEmpty() ? List.of() : list(admin);
            Map<Boolean, List<JobTransaction>> there =
                    wanted.stream().collect(Collectors.partitioningBy(now::contains));
            if (lose) {
                Generations.addAborted(
                        Topics.client(bootstrapServers),
                        promised.get(true).stream().filter(now::contains).toList());
                if (System.nanoTime() - begin > ABORT_PATIENCE.toNanos()) {
                    throw new KafkaException("the brokers took more than " + ABORT_PATIENCE.toSeconds() + " s");
                }
            }
            fence(admin, there.get(true));
            return new Outcome(there.get(true), lose ? List.of() : promised.get(true), there.get(false));
        }
    }

    private static List<JobTransaction> list(Admin admin) {
        Map<String, TransactionalId> unfinished = new HashMap<>();
        Topics.get(admin.listTransactions(new ListTransactionsOptions().filterStates(UNFINISHED))
                        .all())
                .forEach(listing -> TransactionalId.parse(listing.transactionalId())
                        .ifPresent(id -> unfinished.put(listing.transactionalId(), id)));
        List<JobTransaction> transactions = new ArrayList<>();
        if (!unfinished.isEmpty()) {
            var descriptions = admin.describeTransactions(unfinished.keySet());
            unfinished.forEach((text, id) ->
                    describe(text, id, descriptions.description(text)).ifPresent(transactions::add));
        }
        transactions.sort(Comparator.comparing(JobTransaction::job)
                .thenComparing(JobTransaction::generation)
                .thenComparing(JobTransaction::checkpointId)
                .thenComparing(JobTransaction::transactionalId));
        return transactions;
    }

    private static Optional<JobTransaction> describe(
            String text, TransactionalId id, KafkaFuture<TransactionDescription> answer) {
        try {
            TransactionDescription description = Topics.get(answer);
            if (!UNFINISHED.contains(description.state())) {
                return Optional.empty();
            }
            return Optional.of(new JobTransaction(
                    id.job(),
                    id.generation(),
                    text,
                    id.checkpoint(),
                    description.state(),
                    description.transactionStartTimeMs().stream()
                            .mapToObj(Instant::ofEpochMilli)
                            .findFirst(),
                    Set.copyOf(description.topicPartitions())));
        } catch (TransactionalIdNotFoundException e) {
            return Optional.empty(); // it ended and expired between the two requests
        }
    }

    private static void fence(Admin admin, List<JobTransaction> transactions) {
        if (!transactions.isEmpty()) {
            Topics.get(admin.fenceProducers(transactions.stream()
                            .map(JobTransaction::transactionalId)
                            .toList())
                    .all());
        }
    }
}
