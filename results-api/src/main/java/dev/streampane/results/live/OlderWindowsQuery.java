// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.StoredEntry;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Queries Elasticsearch for the last windows per series below a snapshot's earliest offsets, in pages of series. Finds documents below the earliest
 * offset of their partition, and all documents of an earlier topic of the same name; newer results come from the tail and the stream.
 *
 * @param earliest the offsets below which the tail holds nothing
 * @param request what the client wants and may read
 * @param retracted ids of windows that the tail knows to be retracted
 * @param windows windows per series
 */
record OlderWindowsQuery(TopicPosition earliest, StreamRequest request, Collection<String> retracted, int windows) {

    /** Approximate number of rows per page. */
    static final int ROWS_PER_PAGE = 500;

    /** Most ids of retracted windows that a search can exclude. */
    static final int MAX_RETRACTED = 10_000;

    private static final String BY_SERIES = """
            {"series": {
              "composite": {"sources": [
                {"job": {"terms": {"field": "job"}}},
                {"spec": {"terms": {"field": "spec"}}},
                {"key": {"terms": {"field": "key"}}}]},
              "aggs": {"last": {"top_hits": {}}}}}
            """;

    /** The newest rows of a series. */
    record SeriesRows(Series series, List<TailEntry> rows) {}

    /**
     * A page of series.
     *
     * @param after the key from which to request the next page; empty when this is the last page
     * @param partial why Elasticsearch did not return the page
     */
    record Page(List<SeriesRows> series, Optional<JsonNode> after, Optional<Snapshots.Partial> partial) {

        static Page none(Snapshots.Partial why) {
            return new Page(List.of(), Optional.empty(), Optional.of(why));
        }

        static Page of(JsonNode answer) {
            List<SeriesRows> found = new ArrayList<>();
            for (JsonNode bucket : answer.at("/aggregations/series/buckets")) {
                JsonNode key = bucket.path("key");
                List<TailEntry> rows = new ArrayList<>();
                bucket.at("/last/hits/hits").forEach(hit -> rows.add(StoredEntry.window(hit.path("_source"))));
                found.add(new SeriesRows(
                        new Series(
                                key.path("job").asText(),
                                key.path("spec").asText(),
                                key.path("key").asText()),
                        rows));
            }
            return new Page(
                    found,
                    Optional.of(answer.at("/aggregations/series/after_key")).filter(JsonNode::isObject),
                    Optional.empty());
        }
    }

    /** The search for the page after {@code after}; for the first page when that is empty. */
    ObjectNode search(Optional<JsonNode> after) {
        ObjectNode search = Clauses.search(0);
        ArrayNode filters = Clauses.filters(search);
        // documents of an earlier topic of the same name are included, as queries show them until a newer revision
        // replaces them
        Clauses.below(Clauses.any(filters), earliest);
        Clauses.terms(filters, "job", request.jobs());
        Clauses.terms(filters, "key", request.keys());
        Clauses.terms(filters, "spec", request.specs());
        request.access().grants().ifPresent(grants -> Clauses.granted(filters, "key", grants));
        Clauses.excludeRetracted(search);
        Clauses.terms(Clauses.excluded(search), "id", retracted);
        JsonNode aggregations = ResultJson.read(BY_SERIES);
        ObjectNode composite = (ObjectNode) aggregations.at("/series/composite");
        composite.put("size", Math.max(1, ROWS_PER_PAGE / windows));
        after.ifPresent(key -> composite.set("after", key));
        Clauses.latestFirst(((ObjectNode) aggregations.at("/series/aggs/last/top_hits")).put("size", windows));
        search.set("aggs", aggregations);
        return search;
    }
}
