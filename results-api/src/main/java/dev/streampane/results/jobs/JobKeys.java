// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.WindowEnd;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The keys of a job's windows, from tail and store. A window that is in both is counted once: the same search that counts the windows in
 * the store also counts those of the tail among them.
 */
@Singleton
record JobKeys(TailAndStore results, SearchClient elasticsearch) {

    /** Elasticsearch accepts 65,536 terms at once. */
    private static final int MAX_TERMS = 50_000;

    private static final String KEYS = String.format(Locale.ROOT, """
            {"keys": {
              "composite": {"sources": [{"key": {"terms": {"field": "key"}}}]},
              "aggs": {"specs": {
                "terms": {"field": "spec", "size": %d},
                "aggs": {
                  "last": {"top_hits": {"size": 1, "_source": ["id", "window.start", "window.end"]}},
                  "both": {"filter": {"bool": {"should": []}}}}}}}}
            """, JobSpecs.MAX_SPECS);

    /**
     * Windows in the tail, by key.
     *
     * @param end the first key that was left out, as were all keys after it; empty if none was
     */
    record InTail(NavigableMap<String, List<TailEntry>> windows, Optional<String> end) {}

    /** A page of keys. */
    Uni<ResultPage> of(KeyQuery query) {
        return results.read(
                        query.atLeast(),
                        index -> inTail(index.windows(query.job(), true, Optional.empty()), query, MAX_TERMS))
                .chain(read -> page(query, read));
    }

    /**
     * A page. If its keys have more specifications than Elasticsearch returns at once, asks again for an eighth of them, so that few
     * requests fail.
     */
    private Uni<ResultPage> page(KeyQuery query, TailAndStore.Answer<InTail> read) {
        return elasticsearch
                .search("window-results", search(query, read.found()))
                .map(answer -> page(query, read.found(), answer, read.shown()))
                .onFailure(failure -> query.limit() > 1 && SearchClient.hasTooManyBuckets(failure))
                .recoverWithUni(() -> page(query.withLimit(Math.max(1, query.limit() / 8)), read));
    }

    /**
     * The first keys in the tail: at most one more than the page, and at most {@code most} windows unless one key alone has more. A key
     * that was left out stays out, with all keys after it, so that each key that is kept has all its windows.
     */
    static InTail inTail(Iterable<TailEntry> entries, KeyQuery query, int most) {
        NavigableMap<String, List<TailEntry>> windows = new TreeMap<>(KeyQuery.ORDER);
        Optional<String> end = Optional.empty();
        int size = 0;
        for (TailEntry entry : entries) {
            boolean kept = end.filter(left -> KeyQuery.ORDER.compare(entry.key(), left) >= 0)
                    .isEmpty();
            if (kept && query.takes(entry.key())) {
                windows.computeIfAbsent(entry.key(), key -> new ArrayList<>()).add(entry);
                size++;
            }
            while (windows.size() > query.limit() + 1 || size > most && windows.size() > 1) {
                end = Optional.of(windows.lastKey());
                size -= windows.pollLastEntry().getValue().size();
            }
        }
        return new InTail(windows, end);
    }

    private static ObjectNode search(KeyQuery query, InTail tail) {
        ObjectNode search = query.search();
        JsonNode keys = search.set("aggs", ResultJson.read(KEYS)).at("/aggs/keys");
        ObjectNode composite = ((ObjectNode) keys.path("composite")).put("size", query.limit() + 1);
        query.after().ifPresent(key -> composite.putObject("after").put("key", key));
        JsonNode perSpec = keys.at("/aggs/specs/aggs");
        Clauses.latestFirst((ObjectNode) perSpec.at("/last/top_hits"));
        ArrayNode should = (ArrayNode) perSpec.at("/both/filter/bool/should");
        ArrayNode ids = terms(should);
        for (List<TailEntry> windows : tail.windows().values()) {
            for (TailEntry entry : windows) {
                ids = ids.size() == MAX_TERMS ? terms(should) : ids;
                ids.add(entry.id());
            }
        }
        return search;
    }

    private static ArrayNode terms(ArrayNode should) {
        return should.addObject().putObject("terms").putArray("id");
    }

    private static ResultPage page(KeyQuery query, InTail tail, JsonNode answer, ReadConsistency.Coverage shown) {
        NavigableMap<String, KeyCount> keys = new TreeMap<>(KeyQuery.ORDER);
        tail.windows().forEach((key, windows) -> keys.put(key, counted(windows)));
        for (JsonNode bucket : answer.at("/aggregations/keys/buckets")) {
            KeyCount count = keys.computeIfAbsent(bucket.at("/key/key").asText(), key -> new KeyCount());
            bucket.at("/specs/buckets").forEach(spec -> add(count, spec));
        }
        boolean more = tail.end().isPresent();
        if (more) {
            keys.tailMap(tail.end().get(), true).clear();
        }
        while (keys.size() > query.limit()) {
            keys.pollLastEntry();
            more = true;
        }
        List<ObjectNode> items = new ArrayList<>();
        keys.forEach((key, count) -> items.add(count.json(key)));
        return new ResultPage(
                items,
                more ? Optional.of(query.cursor(keys.lastKey())) : Optional.empty(),
                shown.reason(),
                shown.position());
    }

    private static KeyCount counted(List<TailEntry> windows) {
        KeyCount count = new KeyCount();
        for (TailEntry entry : windows) {
            count.add(entry.spec(), 1, WindowEnd.of(entry));
        }
        return count;
    }

    private static void add(KeyCount count, JsonNode spec) {
        JsonNode last = spec.at("/last/hits/hits/0/_source");
        count.add(
                spec.path("key").asText(),
                spec.path("doc_count").asLong() - spec.at("/both/doc_count").asLong(),
                new WindowEnd(
                        ResultJson.time(last.at("/window/end")),
                        ResultJson.time(last.at("/window/start")),
                        last.path("id").asText()));
    }
}
