// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.e2e.Oracle.Place;
import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.NewestState;
import dev.streampane.local.state.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * SIGKILL for one process of the stack while it works, at a moment when a transaction of
 * weather-average is open and holds a record that no checkpoint has promised, and when records are
 * counted in windows that have not fired. Nothing but the kill is done here; {@code up} recovers.
 */
final class Kills {

    private static final int SLOW_RECOVERIES = 2;
    private static final Duration UP_WITHIN = Duration.ofSeconds(90);
    private static final String JOB = Feed.READINGS.job();
    private static final String LATE = "late-records";
    private static final Duration LATE_IS_READ_WITHIN = Duration.ofSeconds(5);
    private static final String BROKER = "kafka";

    /** Partition 3 is silent before the kill, so that no window of the others' newest seconds fires. */
    private static final List<Integer> WITHOUT_THE_LAST = List.of(0, 1, 2);

    private final LoadedStack stack;
    private final Up up;
    private final FlinkJob job;
    private Instant killed;

    /** Of each kill, by what was killed. */
    private final Map<String, List<Duration>> recoveries = new HashMap<>();

    Kills(LoadedStack stack) {
        this.stack = stack;
        this.up = stack.up();
        this.job = stack.job(Feed.READINGS);
    }

    void ofTheTaskManager() {
        int restarts = job.restarts();
        assertThat(up.command("jobs", "list")).contains(", " + restarts + " restarts, ");

        JobTransaction orphan = killAndRecover("taskmanager");

        // Flink's metrics say so later, or not for long
        assertThat(up.command("jobs", "list")).containsPattern(JOB + ".*, " + job.restarts() + " restarts, ");
        assertRestored(orphan);
        assertExact();
        assertAborted(orphan);
    }

    void ofTheJobManager() {
        JobTransaction orphan = killAndRecover("jobmanager");

        await().until(() -> up.events().stream()
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
    void ofTheBroker() {
        int restarts = job.restarts();

        JobTransaction open = killAtTheMoment(BROKER);

        assertExact();
        if (job.restarts() > restarts) {
            assertRestored(open);
            assertAborted(open);
        } else {
            assertThat(newestState()).isGreaterThanOrEqualTo(open.checkpointId());
        }
    }

    /**
     * SIGKILL for {@code up} itself, with which everything that it started ends, too; the next one goes on from the newest checkpoint. The bound
     * is not scaled: it is twice what was measured, and most of what is measured is the start, from which the scale comes.
     */
    void ofTheSupervisor(Duration bound) {
        Duration recovery = Best.of(bound, () -> {
            stack.transactions().publish(Duration.ofSeconds(10));
            stack.awaitRead();
            Instant killed = Instant.now();
            up.killSupervisor();
            up.startAgain();
            return Recovery.untilTheNextResult(up, Feed.TRANSACTIONS, stack.transactions(), killed);
        });
        System.out.println("supervisor killed, next committed result after " + recovery + ", at most " + bound);
        assertExact();
        assertThat(recovery).isLessThanOrEqualTo(bound);
    }

    /**
     * Kills a process further times while transactions come, and holds the recoveries from all of its kills to a bound for two quiet
     * cores. A job that fails again within two minutes waits half as long again each time, which is part of it. What else the machine does
     * makes a recovery slow, too: two of them may be over the bound where two more kills make up for them. With two of at most four within it,
     * a 90th percentile that is at the bound fails one run in 270, a median that is there three runs in ten, and recoveries that are all
     * slower fail each run.
     */
    void recoversWithin(String child, int furtherKills, Duration bound) {
        Duration scaled = stack.scaled(bound);
        List<Duration> times = recoveries.get(child);
        int kills = times.size() + furtherKills;
        while (within(scaled, times) < kills && times.size() < kills + SLOW_RECOVERIES) {
            stack.transactions().publish(Duration.ofSeconds(10));
            stack.awaitRead();
            measure(child, kill(child));
            await().ignoreExceptions().until(job::isUp);
        }
        System.out.println(child + " killed, next committed result after " + times + ", at most " + scaled);
        assertThat(within(scaled, times)).as("of %s within %s", times, scaled).isEqualTo(kills);
    }

    private static long within(Duration bound, List<Duration> times) {
        return times.stream().filter(time -> time.compareTo(bound) <= 0).count();
    }

    /** Kills the broker while Flink answers nothing: that keeps no process from being restarted. Returns when it was killed. */
    private Instant kill(String child) {
        if (!child.equals(BROKER)) {
            return killAndAwaitRestart(child);
        }
        up.signal("jobmanager", "STOP");
        try {
            return killAndAwaitRestart(child);
        } finally {
            up.signal("jobmanager", "CONT");
        }
    }

    private Instant killAndAwaitRestart(String child) {
        long restarts = up.restarts(child);
        Instant killed = Instant.now();
        up.kill(child);
        await().until(() -> up.restarts(child) > restarts);
        return killed;
    }

    /** But for the broker, of which no job need notice. */
    private void measure(String child, Instant killed) {
        if (!child.equals(BROKER)) {
            recoveries
                    .computeIfAbsent(child, none -> new ArrayList<>())
                    .add(Recovery.untilTheNextResult(up, Feed.TRANSACTIONS, stack.transactions(), killed));
        }
    }

    /** Kills and returns the transaction that was open and that no checkpoint had promised. */
    private JobTransaction killAtTheMoment(String child) {
        stack.readings().publish(Duration.ofSeconds(80));
        stack.transactions().publish(Duration.ofSeconds(40));
        stack.readings().publish(Duration.ofSeconds(20), WITHOUT_THE_LAST);
        awaitCountedInOpenWindows();
        while (true) {
            String id = job.id();
            int attempts = job.restarts();
            JobTransaction open = awaitOpenTransactionWithALateRecord();
            killed = kill(child);
            boolean promised = open.promised(newestState()); // while it is dead
            measure(child, killed);
            if (!promised) {
                return open;
            }
            // its checkpoint was faster than the kill
            if (child.equals(BROKER)) {
                await().ignoreExceptions().until(job::isUp);
            } else {
                awaitAnotherAttempt(id, attempts);
            }
        }
    }

    /** Flink takes a while to see that tasks are gone. */
    private void awaitAnotherAttempt(String id, int attempts) {
        await().ignoreExceptions().until(() -> job.isUp() && (!job.id().equals(id) || job.restarts() > attempts));
    }

    /** The same until the job is up again in time; returns the transaction of the last kill. */
    private JobTransaction killAndRecover(String child) {
        var orphan = new AtomicReference<JobTransaction>();
        Duration recovery = Best.of(UP_WITHIN, () -> {
            String id = job.id();
            int attempts = job.restarts();
            orphan.set(killAtTheMoment(child));
            awaitAnotherAttempt(id, attempts);
            return Duration.between(killed, Instant.now());
        });
        assertThat(recovery).as("%s killed, %s is up again", child, JOB).isLessThanOrEqualTo(UP_WITHIN);
        return orphan.get();
    }

    private void awaitCountedInOpenWindows() {
        await().until(() -> {
            var report = AuditCheck.check(Topics.client(up.bootstrapServers()));
            return report.count("unaudited") == 0 && report.count("settling") > 0;
        });
    }

    /** All is committed; then one record more, which opens the transaction, and another where a checkpoint was faster than the look. */
    private JobTransaction awaitOpenTransactionWithALateRecord() {
        Instant[] next = {Instant.MIN};
        return await().pollInterval(Duration.ofMillis(20))
                .until(
                        () -> {
                            if (Instant.now().isAfter(next[0])) {
                                stack.readings().publishLate(0);
                                next[0] = Instant.now().plus(LATE_IS_READ_WITHIN);
                            }
                            return openWithALateRecord();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private Optional<JobTransaction> openWithALateRecord() {
        return Transactions.list(up.bootstrapServers()).stream()
                .filter(Kills::isOpenWithALateRecord)
                .findFirst();
    }

    private static boolean isOpenWithALateRecord(JobTransaction transaction) {
        return transaction.job().equals(JOB)
                && transaction.state() == TransactionState.ONGOING
                && transaction.topicPartitions().stream()
                        .anyMatch(p -> p.topic().equals(LATE));
    }

    private long newestState() {
        return NewestState.find(up.stateFolder(), JOB, 1).orElseThrow().checkpointId();
    }

    private void assertRestored(JobTransaction orphan) {
        await().untilAsserted(() ->
                assertThat(job.restored().path("id").asLong()).isPositive().isLessThan(orphan.checkpointId()));
    }

    /** More of the load, to its end; then everything is as the oracle says. */
    private void assertExact() {
        stack.readings().publish(Duration.ofSeconds(40));
        stack.transactions().publish(Duration.ofSeconds(40));
        Outcome outcome = stack.exact();
        assertThat(outcome.oracle().late()).isNotEmpty();
        assertThat(outcome.oracle().rejected()).isNotEmpty();
        assertThat(outcome.revisions().values())
                .anySatisfy(all -> assertThat(all).hasSizeGreaterThan(1));
    }

    /** What the orphan held is in the log, and no committed reader gets it there. */
    private void assertAborted(JobTransaction orphan) {
        long started = orphan.startedAt().orElseThrow().toEpochMilli();
        Set<Place> committed = TopicRecords.all(up.bootstrapServers(), LATE, "read_committed").stream()
                .map(Kills::place)
                .collect(Collectors.toSet());
        assertThat(TopicRecords.all(up.bootstrapServers(), LATE, "read_uncommitted"))
                .filteredOn(record -> record.timestamp() >= started)
                .filteredOn(record -> !committed.contains(place(record)))
                .as("records of the aborted %s", orphan)
                .isNotEmpty();
    }

    private static Place place(ConsumerRecord<byte[], byte[]> record) {
        return new Place(record.topic(), record.partition(), record.offset());
    }
}
