// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.store.StoredEntry;
import dev.streampane.results.store.WaitingBulkhead;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * The newest revisions of windows in Elasticsearch.
 *
 * <p>Lookups of single windows are batched: while {@link #UNDER_WAY} requests are under way, further lookups wait and share the next request.
 */
@ApplicationScoped
public class StoredWindows {

    /** Lookups in one request: this many results of the largest size fit into an answer. */
    private static final int SHARED = 60;

    private static final int UNDER_WAY = 3;

    private record Lookup(String id, UniEmitter<? super Optional<TailEntry>> emitter) {}

    private final SearchClient elasticsearch;
    private final Deque<Lookup> waiting = new ConcurrentLinkedDeque<>();
    private final WaitingBulkhead requests = new WaitingBulkhead(UNDER_WAY);

    StoredWindows(SearchClient elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    /** The windows that a search finds, in its order. */
    Uni<List<TailEntry>> find(ObjectNode search) {
        return elasticsearch.find("window-results", search, StoredEntry::window);
    }

    /** Looks up one window. Fails as if Elasticsearch were unavailable when that takes too long. A failed or cancelled lookup leaves the line. */
    Uni<Optional<TailEntry>> newest(String id) {
        return elasticsearch.inTime(Uni.createFrom().emitter(emitter -> {
            Lookup lookup = new Lookup(id, emitter);
            waiting.push(lookup);
            emitter.onTermination(() -> waiting.removeLastOccurrence(lookup)); // the oldest lookups end first
            ask();
        }));
    }

    /** Puts one request in line for all waiting lookups, unless one is there. A request takes its lookups when it has left the line. */
    private void ask() {
        if (requests.waiting() == 0) {
            requests.ask(this::findWaiting).subscribe().with(found -> {}, failure -> {
                // the lookups have been failed already
            });
        }
    }

    /** Searches for the lookups that came last, as they have the most time left. Does nothing if earlier requests have taken all of them. */
    private Uni<Void> findWaiting() {
        List<Lookup> lookups = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        while (ids.size() < SHARED) {
            Lookup next = waiting.poll();
            if (next == null) {
                break;
            }
            lookups.add(next);
            ids.add(next.id());
        }
        if (!waiting.isEmpty()) {
            ask();
        }
        return lookups.isEmpty()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .deferred(() -> find(search(ids)))
                        .invoke(found -> answer(lookups, found))
                        .onFailure()
                        .invoke(failure ->
                                lookups.forEach(lookup -> lookup.emitter().fail(failure)))
                        .replaceWithVoid();
    }

    private static ObjectNode search(Set<String> ids) {
        ObjectNode search = Clauses.onePerId(ids); // an alias may have a second copy of an index
        Clauses.byVersion(search, "desc");
        return search;
    }

    private static void answer(List<Lookup> lookups, List<TailEntry> found) {
        Map<String, TailEntry> newest = new HashMap<>();
        found.forEach(revision -> newest.merge(revision.id(), revision, TailEntry::newer));
        lookups.forEach(lookup -> lookup.emitter().complete(Optional.ofNullable(newest.get(lookup.id()))));
    }
}
