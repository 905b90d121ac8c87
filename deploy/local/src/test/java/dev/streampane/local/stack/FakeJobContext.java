// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.TransactionState;

/** A clock that can be put forward, and a broker with one orphan until it is aborted. */
final class FakeJobContext implements JobContext {
    private static final String OTHER = "index-results";

    final List<String> aborts = new CopyOnWriteArrayList<>();
    final List<String> superseding = new CopyOnWriteArrayList<>();
    private final Path data;
    volatile boolean taskManagerLives = true;
    volatile RuntimeException broker;
    long ahead;

    FakeJobContext(Path data) {
        this.data = data;
    }

    void pass(Duration time) {
        ahead += time.toNanos();
    }

    @Override
    public Path jobJar() {
        try {
            return Files.writeString(data.resolve("some-job.jar"), "jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + ahead;
    }

    @Override
    public boolean taskManagerLives() {
        return taskManagerLives;
    }

    @Override
    public List<JobTransaction> abortOrphans(String job, int generation, Duration age) {
        aborts.add(job + "/" + generation + " after " + age);
        if (broker != null) {
            throw broker;
        }
        return List.of(open(job, 8));
    }

    @Override
    public Transactions.Outcome endTransactions(String job, int generation) {
        aborts.add(job + "/" + generation);
        return new Transactions.Outcome(List.of(open(job, 8)), List.of());
    }

    @Override
    public void supersedes(String job, int generation) {
        superseding.add(job + "/" + generation);
    }

    @Override
    public Map<String, Transactions.Outcome> abortOrphansOfAbsent(List<String> jobs) {
        aborts.add(String.join(" ", jobs));
        return Map.of(OTHER, new Transactions.Outcome(List.of(open(OTHER, 8)), List.of(open(OTHER, 7))));
    }

    private JobTransaction open(String job, long checkpoint) {
        return new JobTransaction(
                job,
                1,
                job + "-1-0-" + checkpoint,
                checkpoint,
                1,
                TransactionState.ONGOING,
                Optional.empty(),
                Set.of());
    }
}
