// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.RequestCoalescer;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.NewestWindow;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The jobs that this service knows, from their runs, the live feed and the store. */
@Singleton
public record JobDirectory(
        JobRuns runs, TailFeeds feed, SearchClient elasticsearch, RequestCoalescer<String, Listing> listings) {

    private static final String RESULTS = "window-results";
    private static final int MAX_JOBS = 500;

    private static final String JOBS = String.format(Locale.ROOT, """
            {"jobs": {
              "terms": {"field": "job", "size": %d},
              "aggs": {
                "specs": {"terms": {"field": "spec", "size": %d}},
                "generation": {"max": {"field": "generation"}},
                "held": {
                  "filter": {"bool": {"must_not": [{"term": {"status": "RETRACTED"}}]}},
                  "aggs": {"last": {"top_hits": {"size": 1, "sort": [{"window.end": "desc"}]}}}}}}}
            """, MAX_JOBS, JobSpecs.MAX_SPECS);

    /**
     * Jobs by name.
     *
     * @param reason why jobs that only the store knows may be missing, those neither running nor in memory; empty if none are missing
     */
    record Listing(List<Job> jobs, Optional<String> reason) {}

    @Inject
    JobDirectory(JobRuns runs, TailFeeds feed, SearchClient elasticsearch) {
        this(runs, feed, elasticsearch, new RequestCoalescer<>());
    }

    /**
     * All jobs. Callers share the answer of a pending request to the store. Fails only if the store is unavailable and the feed has not
     * been read.
     */
    Uni<Listing> all() {
        return listings.ask("", () -> stored().onFailure(
                        failure -> failure instanceof ProblemException && feed.loaded())
                .recoverWithItem(() -> new Listing(merged(Map.of()), Optional.of(JobResource.STORE_UNAVAILABLE))));
    }

    /** Whether the job is unknown to runs, feed and store; false while runs or feed have not been read. */
    public Uni<Boolean> unknown(String job) {
        if (!feed.loaded() || !runs.loaded() || runs.newest().containsKey(job) || feed.knows(job)) {
            return Uni.createFrom().item(false);
        }
        return stored(job).map(known -> !known);
    }

    /** Fails with a 404 if the job is {@link #unknown}. */
    public Uni<Void> checkKnown(String job) {
        return unknown(job)
                .invoke(unknown -> {
                    if (unknown) {
                        throw unknownJob(job);
                    }
                })
                .replaceWithVoid();
    }

    public static ProblemException unknownJob(String job) {
        return ProblemException.unknown(
                ProblemType.UNKNOWN_JOB,
                "job",
                "there is no job '" + Parameters.shown(job) + "'; /api/v1/jobs lists them");
    }

    /** Whether the store has a result of the job, if only in the history. */
    private Uni<Boolean> stored(String job) {
        ObjectNode search =
                Clauses.search(1, "job", job).put("terminate_after", 1).put("_source", false);
        return elasticsearch.search("window-results,window-history", search).map(answer -> !answer.at("/hits/hits")
                .isEmpty());
    }

    /**
     * All jobs, those with results in the store with their specifications, highest generation and newest window. At most {@value #MAX_JOBS}
     * come from the store.
     */
    private Uni<Listing> stored() {
        ObjectNode search = Clauses.search(0);
        search.set("aggs", ResultJson.read(JOBS));
        return elasticsearch.search(RESULTS, search).map(answer -> {
            JsonNode jobs = answer.at("/aggregations/jobs");
            Map<String, Job> found = new HashMap<>();
            jobs.path("buckets").forEach(job -> found.put(job.path("key").asText(), Job.stored(job)));
            boolean all = jobs.path("sum_other_doc_count").asLong() == 0;
            return new Listing(merged(found), all ? Optional.empty() : Optional.of(JobResource.TOO_MANY));
        });
    }

    private List<Job> merged(Map<String, Job> kept) {
        Map<String, JobRun> started = runs.newest();
        Map<String, NewestWindow> fed = feed.newestWindows();
        TreeSet<String> names = new TreeSet<>(started.keySet());
        names.addAll(fed.keySet());
        names.addAll(kept.keySet());
        return names.stream()
                .map(name -> Job.of(
                        name,
                        Optional.ofNullable(started.get(name)),
                        Optional.ofNullable(kept.get(name)),
                        Optional.ofNullable(fed.get(name)),
                        this::isHeld))
                .toList();
    }

    private boolean isHeld(NewestWindow window) {
        return feed.tail()
                .index()
                .newest(window.id())
                .filter(TailEntry::isRetracted)
                .isEmpty();
    }
}
