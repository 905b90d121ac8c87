// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.e2e.Oracle.Place;
import dev.streampane.local.Books;
import dev.streampane.local.JobTransaction;
import dev.streampane.local.NewestState;
import dev.streampane.local.Transactions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL for one process of the stack while it works, at a moment when a transaction of
 * weather-average is open and holds a record that no checkpoint has promised, and when records are
 * counted in windows that have not fired. The tests only kill; {@code up} recovers.
 */
class KillIT {

    private static final WindowRule RULE = WindowRule.tumbling(Duration.ofSeconds(5));
    private static final Duration RECOVERS_WITHIN = Duration.ofMinutes(5);
    private static final String JOB = Feed.READINGS.job();
    private static final String LATE = "late-records";

    /** Partition 3 is silent before the kill, so that no window of the others' newest seconds fires. */
    private static final List<Integer> WITHOUT_THE_LAST = List.of(0, 1, 2);

    @TempDir static Path data;
    private static Up up;
    private static Load readings;
    private static Load transactions;
    private static FlinkJob job;

    @BeforeAll
    static void startStack() {
        long seed = Seed.next();
        up =
                Up.start(
                        data,
                        Up.freePortOffset(),
                        RULE,
                        "--job-option",
                        JOB + ":checkpoint-interval=2s");
        job = new FlinkJob(up, JOB);
        readings = new Load(up.bootstrapServers(), Feed.READINGS, RULE, seed);
        transactions = new Load(up.bootstrapServers(), Feed.TRANSACTIONS, RULE, seed);
    }

    @AfterAll
    static void stopStack() {
        if (up != null) {
            readings.close();
            transactions.close();
            up.close();
        }
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheTaskManagerIsKilled() {
        int restarts = job.restarts();

        JobTransaction orphan = killAtTheMoment("taskmanager");

        await().atMost(RECOVERS_WITHIN).until(() -> job.restarts() > restarts && job.isUp());
        assertRestored(orphan);
        assertExact();
        assertAborted(orphan);
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheJobManagerIsKilled() {
        String before = job.id();

        JobTransaction orphan = killAtTheMoment("jobmanager");

        await().atMost(RECOVERS_WITHIN)
                .ignoreExceptions()
                .until(() -> !job.id().equals(before) && job.isUp());
        await().atMost(RECOVERS_WITHIN)
                .until(
                        () ->
                                up.events().stream()
                                        .filter(e -> e.path("event").asText().equals("resubmit"))
                                        .anyMatch(e -> e.path("subject").asText().equals(JOB)));
        assertRestored(orphan);
        assertExact();
        assertAborted(orphan);
    }

    /**
     * The job need not restart: a producer whose broker comes back goes on with its transaction. What
     * it had open is then committed, and by nobody else.
     */
    @Test
    void shouldLoseAndDoubleNothingWhenTheBrokerIsKilled() {
        int restarts = job.restarts();

        JobTransaction open = killAtTheMoment("kafka");

        assertExact();
        if (job.restarts() > restarts) {
            assertRestored(open);
            assertAborted(open);
        } else {
            assertThat(NewestState.find(up.stateFolder(), JOB, 1).orElseThrow().checkpointId())
                    .isGreaterThanOrEqualTo(open.checkpointId());
        }
    }

    /** Kills and returns the transaction that was open and that no checkpoint had promised. */
    private static JobTransaction killAtTheMoment(String child) {
        readings.publish(Duration.ofSeconds(80));
        transactions.publish(Duration.ofSeconds(40));
        readings.publish(Duration.ofSeconds(20), WITHOUT_THE_LAST);
        awaitCountedInOpenWindows();
        while (true) {
            long restarts = up.restarts(child);
            JobTransaction open = awaitOpenTransactionWithALateRecord();
            up.kill(child);
            await().atMost(RECOVERS_WITHIN).until(() -> up.restarts(child) > restarts);
            if (!open.promised(newestState())) {
                return open;
            }
            // its checkpoint was faster than the kill
            await().atMost(RECOVERS_WITHIN).ignoreExceptions().until(job::isUp);
        }
    }

    private static void awaitCountedInOpenWindows() {
        await().atMost(RECOVERS_WITHIN)
                .until(
                        () -> {
                            var report = Books.check(up.bootstrapServers());
                            return report.count("unaudited") == 0 && report.count("settling") > 0;
                        });
    }

    /** All is committed; then one record more, which opens the transaction. */
    private static JobTransaction awaitOpenTransactionWithALateRecord() {
        readings.publishLate(0);
        return await().atMost(RECOVERS_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () ->
                                Transactions.list(up.bootstrapServers()).stream()
                                        .filter(KillIT::isOpenWithALateRecord)
                                        .findFirst()
                                        .orElse(null),
                        open -> open != null);
    }

    private static boolean isOpenWithALateRecord(JobTransaction transaction) {
        return transaction.job().equals(JOB)
                && transaction.state() == TransactionState.ONGOING
                && transaction.topicPartitions().stream().anyMatch(p -> p.topic().equals(LATE));
    }

    private static long newestState() {
        return NewestState.find(up.stateFolder(), JOB, 1).orElseThrow().checkpointId();
    }

    private static void assertRestored(JobTransaction orphan) {
        await().atMost(RECOVERS_WITHIN)
                .untilAsserted(
                        () ->
                                assertThat(job.restored().path("id").asLong())
                                        .isPositive()
                                        .isLessThan(orphan.checkpointId()));
    }

    /** More of the load, to its end; then everything is as the oracle says. */
    private static void assertExact() {
        readings.publish(Duration.ofSeconds(40));
        transactions.publish(Duration.ofSeconds(40));
        readings.finish();
        transactions.finish();
        Outcome outcome = Outcome.exact(up.bootstrapServers(), RULE);
        assertThat(outcome.oracle().late()).isNotEmpty();
        assertThat(outcome.oracle().rejected()).isNotEmpty();
        assertThat(outcome.revisions().values())
                .anySatisfy(all -> assertThat(all).hasSizeGreaterThan(1));
    }

    /** What the orphan held is in the log, and no committed reader gets it there. */
    private static void assertAborted(JobTransaction orphan) {
        long started = orphan.startedAt().orElseThrow().toEpochMilli();
        Set<Place> committed =
                TopicContent.committed(up.bootstrapServers(), LATE).stream()
                        .map(KillIT::place)
                        .collect(Collectors.toSet());
        assertThat(TopicContent.uncommitted(up.bootstrapServers(), LATE))
                .filteredOn(record -> record.timestamp() >= started)
                .filteredOn(record -> !committed.contains(place(record)))
                .as("records of the aborted %s", orphan)
                .isNotEmpty();
    }

    private static Place place(ConsumerRecord<byte[], byte[]> record) {
        return new Place(record.topic(), record.partition(), record.offset());
    }
}
