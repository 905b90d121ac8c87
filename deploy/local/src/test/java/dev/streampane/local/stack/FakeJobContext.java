// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.TransactionState;

/** A clock that stands still until it is put forward, and a broker with an orphan of each job. */
final class FakeJobContext implements JobContext {
    private static final String OTHER = "index-results";

    final List<String> aborts = new CopyOnWriteArrayList<>();
    final List<String> superseding = new CopyOnWriteArrayList<>();
    private final Path data;
    volatile boolean taskManagerLives = true;
    volatile RuntimeException broker;
    volatile RuntimeException elasticsearch;

    /** How long ago the orphans began. */
    volatile Duration age = Duration.ofDays(1);

    final AtomicInteger asked = new AtomicInteger();

    private final AtomicLong clock = new AtomicLong();

    FakeJobContext(Path data) {
        this.data = data;
    }

    void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Override
    public Path jobJar() {
        Path jar = data.resolve("some-job.jar");
        try {
            return Files.exists(jar) ? jar : Files.writeString(jar, "jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long nanoTime() {
        return clock.get();
    }

    @Override
    public boolean taskManagerLives() {
        return taskManagerLives;
    }

    @Override
    public Transactions.Outcome abort(Predicate<JobTransaction> which) {
        if (broker != null) {
            throw broker;
        }
        List<JobTransaction> orphans = StackSettings.JOBS.stream()
                .map(job -> open(job, 8))
                .filter(which)
                .toList();
        orphans.forEach(orphan -> aborts.add(orphan.transactionalId()));
        asked.incrementAndGet();
        return new Transactions.Outcome(
                orphans, Stream.of(open(OTHER, 7)).filter(which).toList(), List.of());
    }

    @Override
    public void prepare(String job) {
        if (job.equals(StackSettings.INDEX) && elasticsearch != null) {
            throw elasticsearch;
        }
    }

    @Override
    public void supersedes(String job, int generation) {
        superseding.add(job + "/" + generation);
    }

    private JobTransaction open(String job, long checkpoint) {
        return new JobTransaction(
                job,
                1,
                job + "-1-0-" + checkpoint,
                checkpoint,
                TransactionState.ONGOING,
                Optional.of(Instant.now().minus(age)),
                Set.of());
    }
}
