// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Reads every revision of a window, from the tail and from Elasticsearch. */
@Singleton
record History(TailAndStore results, SearchClient elasticsearch) {

    /** Has every revision. */
    static final String INDEX = "window-history";

    /** The newest revision is also in the second index, which is all that is left if the history is deleted. */
    static final String INDICES = INDEX + ",window-results";

    /**
     * Revisions of a window by version.
     *
     * @param more whether more revisions follow
     * @param shown up to where in the log they are complete
     */
    record Part(NavigableMap<Long, Revision> revisions, boolean more, Coverage shown) {}

    /** The revisions with the lowest versions above {@code after}, at most {@code limit}. */
    Uni<Part> of(String id, int limit, Optional<Long> after, Requirement wanted) {
        return results.read(wanted, index -> inTail(index, id, limit, after)).chain(read -> elasticsearch
                .find(INDICES, search(id, limit, after), Revision::of)
                .map(stored -> part(limit, read, stored)));
    }

    /** At most one revision more than the page, to tell whether more follow. A revision that was written twice counts once. */
    private static List<TailEntry> inTail(TailIndex index, String id, int limit, Optional<Long> after) {
        List<TailEntry> found = new ArrayList<>();
        long last = after.orElse(Long.MIN_VALUE);
        for (TailEntry entry : index.revisions(id, last)) {
            if (entry.version() != last) {
                found.add(entry);
            }
            if (found.size() > limit) {
                break;
            }
            last = entry.version();
        }
        return found;
    }

    private static Part part(int limit, Answer<List<TailEntry>> read, List<Revision> stored) {
        NavigableMap<Long, Revision> found = new TreeMap<>();
        String topicId = read.shown().position().id();
        read.found().forEach(entry -> found.put(entry.version(), new Revision(topicId, entry)));
        stored.forEach(row -> found.putIfAbsent(row.entry().version(), row));
        boolean more = found.size() > limit;
        while (found.size() > limit) {
            found.pollLastEntry();
        }
        return new Part(found, more, read.shown());
    }

    /** Asks for one row more than the page, and for another one because one revision may be in both indices. */
    private static ObjectNode search(String id, int limit, Optional<Long> after) {
        ObjectNode search = Clauses.search(limit + 2, "id", id);
        Clauses.byVersion(search, "asc");
        after.map(Version::of).ifPresent(version -> Clauses.afterVersion(search, version));
        return search;
    }
}
