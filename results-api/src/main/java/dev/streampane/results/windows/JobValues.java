// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Problem.Violation;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** The names of the values in each job's results, as far as they can be found in the results. */
@ApplicationScoped
public class JobValues {

    private static final int SAMPLE = 50;

    /** Maximum number of windows of the tail that one request looks at. */
    private static final int MOST = 5_000;

    private static final int MAX_JOBS = 1_000;
    private static final int MAX_NAMES = 1_000;

    private final TailFeeds feeds;
    private final SearchClient elasticsearch;
    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

    JobValues(TailFeeds feeds, SearchClient elasticsearch) {
        this.feeds = feeds;
        this.elasticsearch = elasticsearch;
    }

    /**
     * Refuses a query that names a value that no result of the job has. Accepts every name while no result of the job is known, or while
     * Elasticsearch is unavailable.
     */
    Uni<Void> check(WindowQuery query) {
        String job = query.filter().job();
        Map<String, String> parameters = query.values();
        parameters.keySet().removeAll(known(job));
        if (parameters.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom()
                .item(() -> stillUnknown(job, parameters))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(unknown -> unknown.isEmpty() ? Uni.createFrom().voidItem() : ask(job, unknown));
    }

    /**
     * The parameters that name values which the tail does not have either. Looks at {@link #SAMPLE} windows, and at up to {@link #MOST} while a
     * name is not found. Empty if the tail has more windows than that: one of those may have the value.
     */
    private Map<String, String> stillUnknown(String job, Map<String, String> parameters) {
        int looked = 0;
        for (TailEntry entry : feeds.tail().index().windows(job, false, Optional.empty())) {
            if (looked++ >= SAMPLE && known(job).containsAll(parameters.keySet())) {
                break;
            }
            if (looked > MOST) {
                return Map.of();
            }
            if (!entry.isRetracted()) {
                learn(job, ResultJson.of(entry));
            }
        }
        parameters.keySet().removeAll(known(job));
        return parameters;
    }

    /** Asks the history, which has many more documents, for what is left only. */
    private Uni<Void> ask(String job, Map<String, String> parameters) {
        return find("window-results", job, parameters.keySet())
                .chain(found -> found.containsAll(parameters.keySet())
                        ? Uni.createFrom().item(found)
                        : find(History.INDEX, job, parameters.keySet())
                                .invoke(found::addAll)
                                .replaceWith(found))
                .invoke(found -> refuseUnknown(parameters, found))
                .replaceWithVoid()
                .onFailure(JobValues::away)
                .recoverWithNull();
    }

    /** The names of values that are known of the job, and of these those that an index has. */
    private Uni<Set<String>> find(String index, String job, Set<String> names) {
        ObjectNode search = Clauses.search(SAMPLE, "job", job);
        Clauses.excludeRetracted(search);
        ObjectNode counts = search.putObject("aggs");
        for (String name : names) {
            counts.putObject(name).putObject("filter").putObject("exists").put("field", "values." + name);
        }
        return elasticsearch.search(index, search).map(answer -> {
            answer.at("/hits/hits").forEach(hit -> learn(job, hit.path("_source")));
            Set<String> found = new TreeSet<>(known(job));
            answer.path("aggregations").properties().stream()
                    .filter(count -> count.getValue().path("doc_count").asLong() > 0)
                    .map(Map.Entry::getKey)
                    .forEach(found::add);
            return found;
        });
    }

    private static void refuseUnknown(Map<String, String> parameters, Set<String> found) {
        List<Violation> unknown = parameters.keySet().stream()
                .filter(name -> !found.contains(name) && !found.isEmpty())
                .map(name -> new Violation(
                        parameters.get(name),
                        "no result of the job has a value '" + name + "'; there are " + String.join(", ", found)))
                .toList();
        if (!unknown.isEmpty()) {
            throw ProblemException.invalidParameters(unknown);
        }
    }

    private static boolean away(Throwable failure) {
        return failure instanceof ProblemException problem && problem.problem().status() == 503;
    }

    private Set<String> known(String job) {
        return known.getOrDefault(job, Set.of());
    }

    private void learn(String job, JsonNode result) {
        if (known.size() < MAX_JOBS || known.containsKey(job)) {
            Set<String> names = known.computeIfAbsent(job, name -> new ConcurrentSkipListSet<>());
            result.path("values").fieldNames().forEachRemaining(name -> {
                if (names.size() < MAX_NAMES) {
                    names.add(name);
                }
            });
        }
    }
}
