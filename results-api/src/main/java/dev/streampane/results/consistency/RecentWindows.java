// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import dev.streampane.contract.JobRun;
import dev.streampane.results.audit.AuditTotals;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which windows are in the tail with all their revisions, so that the store need not be asked.
 *
 * <p>A result is appended after its window's end as long as no clock of the job's inputs runs ahead of append times. So every window that starts at
 * or after {@link dev.streampane.results.tail.Tail#whole} is in the tail. This does not hold for global windows, for a job with a result that was
 * appended before its window's end, and for a job whose audit has records without an append time. It is not known for jobs that this process does
 * not know.
 */
@Singleton
public record RecentWindows(TailFeeds feeds, JobRuns runs, AuditTotals audit) {

    /** The start from which on every window of the job is in the tail; empty when it is not known. */
    public Optional<Instant> since(String job) {
        Optional<JobRun> run = runs.newest(job);
        boolean known = run.isPresent() || feeds.knows(job);
        boolean global = run.stream().anyMatch(one -> one.specs().stream().anyMatch(RecentWindows::global));
        if (!known
                || global
                || !runs.loaded()
                || !audit.loaded()
                || audit.unguarded(job)
                || feeds.tail().index().early(job)) {
            return Optional.empty();
        }
        return feeds.tail().whole(feeds.resultsTopic());
    }

    /**
     * Whether no newer revision than this one can lie in the log below the tail: then the newest revision in the tail is the newest of all. True when
     * the tail has all revisions of the window; also when this one is complete and of the job's newest generation, as {@code rev} only grows in a
     * generation.
     */
    public boolean newest(TailEntry inTail) {
        return inTail.complete() && ofNewestRun(inTail)
                || since(inTail.job())
                        .filter(since -> !inTail.start().isBefore(since))
                        .isPresent();
    }

    /** Whether the entry is of its job's newest generation. */
    public boolean ofNewestRun(TailEntry inTail) {
        return runs.loaded()
                && runs.newest(inTail.job())
                        .filter(run -> run.generation() == inTail.generation())
                        .isPresent();
    }

    /** The start from which on every alert is in the tail, under the same conditions; empty when it is not known. */
    public Optional<Instant> alertsSince() {
        Set<String> jobs = runs.newest().keySet();
        TailIndex alerts = feeds.tail().alerts();
        return runs.loaded()
                        && audit.loaded()
                        && jobs.containsAll(alerts.jobs())
                        && jobs.stream().noneMatch(job -> audit.unguarded(job) || alerts.early(job))
                ? feeds.tail().whole(feeds.alertsTopic())
                : Optional.empty();
    }

    private static boolean global(String spec) {
        return spec.startsWith("global") || spec.startsWith("all:global");
    }
}
