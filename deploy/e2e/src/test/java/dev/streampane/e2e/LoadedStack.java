// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;

import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A stack, a seeded load for each of its inputs, and the oracle for all that was done to its jobs. */
final class LoadedStack implements AutoCloseable {

    /** The specification that the oracle knows; the others of a stack are held by replay and explain. */
    static final WindowRule RULE = WindowRule.tumbling(Duration.ofSeconds(5));

    /**
     * In which this stack starts on two quiet cores: 0.75 of the 22.7 s that {@code bench startup} has of one with simulators and five jobs
     * (deploy/bench/README.md), as in two pairs of starts of 2026-11-24.
     */
    private static final Duration STARTS_IN = Duration.ofMillis(17_000);

    private static final double SLOWEST = 2;

    private record Change(Feed feed, Map<Integer, Long> from, WindowRule rule) {}

    private final Up up;
    private final Duration startedIn;
    private final Load readings;
    private final Load transactions;
    private final List<Change> changes = new ArrayList<>();

    LoadedStack(Path data, String windows, String... options) {
        long seed = Seed.next();
        Instant began = Instant.now();
        up = Up.start(data, Up.freePortOffset(), windows, options);
        startedIn = Duration.between(began, Instant.now());
        readings = new Load(up.bootstrapServers(), Feed.READINGS, RULE, seed);
        transactions = new Load(up.bootstrapServers(), Feed.TRANSACTIONS, RULE, seed);
    }

    Up up() {
        return up;
    }

    /** What a bound for two quiet cores is on a slower machine: longer by as much as this stack took longer to start, twice as long at most. */
    Duration scaled(Duration bound) {
        double slower = (double) startedIn.toMillis() / STARTS_IN.toMillis();
        return Duration.ofMillis((long) (bound.toMillis() * Math.max(1, Math.min(SLOWEST, slower))));
    }

    Load readings() {
        return readings;
    }

    Load transactions() {
        return transactions;
    }

    FlinkJob job(Feed feed) {
        return new FlinkJob(up, feed.job());
    }

    /** From here on the feed's job reads with another bound and lateness. It stands, and has read everything. */
    void change(Feed feed, WindowRule rule) {
        Map<Integer, Long> from = new HashMap<>(Map.of(0, 0L, 1, 0L, 2, 0L, 3, 0L));
        TopicRecords.all(up.bootstrapServers(), feed.topic(), "read_uncommitted")
                .forEach(record -> from.merge(record.partition(), record.offset() + 1, Math::max));
        changes.add(new Change(feed, from, rule));
    }

    /** Waits until every record of every partition is in an audit line. */
    void awaitRead() {
        await("everything read")
                .until(() ->
                        AuditCheck.check(Topics.client(up.bootstrapServers())).count("unaudited") == 0);
    }

    /** Closes every window and waits until the audit reconciles. */
    Outcome settled() {
        finish();
        return Outcome.settled(up.bootstrapServers(), oracle());
    }

    /** Closes every window, and checks everything that the jobs made of all that was published. */
    Outcome exact() {
        finish();
        return Outcome.exact(up.bootstrapServers(), oracle());
    }

    private void finish() {
        readings.finish();
        transactions.finish();
    }

    private Oracle oracle() {
        Oracle oracle = new Oracle(RULE);
        changes.forEach(change -> oracle.change(change.feed(), change.from(), change.rule()));
        return oracle;
    }

    /** Nobody asks how it ends: CommandIT holds what Ctrl-C leaves. */
    @Override
    public void close() {
        readings.close();
        transactions.close();
        up.killEverything();
    }
}
