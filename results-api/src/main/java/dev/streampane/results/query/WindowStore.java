// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** The results in Elasticsearch: the newest revision of each window, and every revision. */
@Singleton
public record WindowStore(SearchClient elasticsearch) {

    private static final String RESULTS = "window-results";

    /** Whether there is any result of the job. */
    Uni<Boolean> knowsJob(String job) {
        ObjectNode search = ResultJson.JSON.createObjectNode().put("size", 0);
        search.put("terminate_after", 1);
        search.putObject("query").putObject("term").put("job", job);
        search.putObject("aggs").putObject("n").putObject("value_count").put("field", "job");
        return elasticsearch
                .search(RESULTS, search)
                .map(answer -> answer.at("/aggregations/n/value").asLong() > 0);
    }

    /** Per job what its results say: specifications, highest generation, newest window. At most 500 jobs. */
    Uni<List<StoredJob>> jobs() {
        ObjectNode search = ResultJson.JSON.createObjectNode().put("size", 0);
        ObjectNode jobs = search.putObject("aggs").putObject("jobs");
        jobs.putObject("terms").put("field", "job").put("size", 500);
        ObjectNode perJob = jobs.putObject("aggs");
        perJob.putObject("specs").putObject("terms").put("field", "spec").put("size", 50);
        perJob.putObject("generation").putObject("max").put("field", "generation");
        ObjectNode last = perJob.putObject("last").putObject("top_hits").put("size", 1);
        last.putArray("sort").addObject().put("window.end", "desc");
        return elasticsearch.search(RESULTS, search).map(answer -> {
            List<StoredJob> found = new ArrayList<>();
            answer.at("/aggregations/jobs/buckets").forEach(bucket -> found.add(StoredJob.of(bucket)));
            return found;
        });
    }
}
