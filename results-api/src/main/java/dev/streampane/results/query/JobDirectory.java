// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.contract.JobRun;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.tail.NewestWindow;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The jobs that anything here knows of: their runs, the live feed, the store. */
@Singleton
public record JobDirectory(JobRuns runs, TailFeeds feed, WindowStore store) {

    /**
     * Jobs by name.
     *
     * @param whole whether the store was asked, which alone knows those that are neither running nor in memory
     */
    record Known(List<Job> jobs, boolean whole) {}

    /** All jobs. Fails only when the store is away and nothing else has been read. */
    Uni<Known> all() {
        return store.jobs()
                .map(stored -> new Known(merged(stored), true))
                .onFailure(failure -> failure instanceof ProblemException && feed.loaded())
                .recoverWithItem(() -> new Known(merged(List.of()), false));
    }

    /** Whether nothing knows the job, though everything can be asked. */
    Uni<Boolean> unknown(String job) {
        if (!feed.loaded()
                || !runs.loaded()
                || runs.newest().containsKey(job)
                || feed.newestWindows().containsKey(job)) {
            return Uni.createFrom().item(false);
        }
        return store.knowsJob(job).map(known -> !known);
    }

    /** Fails with a 404 when nothing knows the job, though everything can be asked. */
    Uni<Void> checkKnown(String job) {
        return unknown(job)
                .invoke(unknown -> {
                    if (unknown) {
                        throw unknownJob(job);
                    }
                })
                .replaceWithVoid();
    }

    static ProblemException unknownJob(String job) {
        return new ProblemException(Problem.unknown(
                ProblemType.UNKNOWN_JOB,
                "job",
                "there is no job '" + Parameters.shown(job) + "'; /api/v1/jobs lists them"));
    }

    private List<Job> merged(List<StoredJob> stored) {
        Map<String, JobRun> started = runs.newest();
        Map<String, NewestWindow> fed = feed.newestWindows();
        Map<String, StoredJob> kept = stored.stream().collect(Collectors.toMap(StoredJob::job, Function.identity()));
        TreeSet<String> names = new TreeSet<>(started.keySet());
        names.addAll(fed.keySet());
        names.addAll(kept.keySet());
        return names.stream()
                .map(name -> Job.of(
                        name,
                        Optional.ofNullable(started.get(name)),
                        Optional.ofNullable(kept.get(name)),
                        Optional.ofNullable(fed.get(name))))
                .toList();
    }
}
