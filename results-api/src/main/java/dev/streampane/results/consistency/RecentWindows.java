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
 * Which windows are in the tail with all of their revisions, so that nobody else has to be asked.
 *
 * <p>A result is appended after its window's end as long as no clock of the job's inputs runs ahead of their append times. So whatever
 * starts at the time from which on the tail is whole, or later, is in the tail. That is not so for global windows, nor for a job of which a
 * result was seen that came before its window's end, or whose audit has records without an append time; nor is it said of a job that
 * nothing here knows.
 */
@Singleton
public record RecentWindows(TailFeeds feeds, JobRuns runs, AuditTotals audit) {

    /** The first start from which on every window of the job is in the tail; nothing when that cannot be said. */
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
     * Whether no newer revision than this one can have been in the log before it: then the newest one in the tail is the newest there
     * is. So it is when the tail has them all; and when it is complete and of the job's newest generation, which counts its revisions up.
     */
    public boolean newest(TailEntry inTail) {
        return inTail.complete() && ofNewestRun(inTail)
                || since(inTail.job())
                        .filter(since -> !inTail.start().isBefore(since))
                        .isPresent();
    }

    /** Whether it is of its job's newest generation. */
    public boolean ofNewestRun(TailEntry inTail) {
        return runs.loaded()
                && runs.newest(inTail.job())
                        .filter(run -> run.generation() == inTail.generation())
                        .isPresent();
    }

    /** The first start from which on every alert is in the tail, on the same terms; nothing when that cannot be said. */
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
