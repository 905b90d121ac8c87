// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.audit.IndexReport.Finding;
import dev.streampane.local.audit.IndexReport.WrongIndex;
import dev.streampane.local.audit.IndexedResult.Fingerprint;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.GracefulShutdown;
import dev.streampane.local.state.Generations;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * Compares documents in Elasticsearch with the log that they are a view of. It reads the log and all documents once. It then compares each
 * document that differs a second time, alone, so that a document that changed during the reading is not reported. A document that
 * index-results has not written yet (by {@code window-positions}) is not missing.
 *
 * <p>Memory: an entry per document. Not thread-safe.
 */
public final class IndexAudit {

    static final String INDEXER = "index-results";

    private static final int SHOW_EVERY = 10_000;

    private final Map<String, Object> client;
    private final Admin admin;
    private final IndexRetention retention;
    private final IndexStore store;
    private final Consumer<String> progress;

    private final List<String> withoutPosition = new ArrayList<>();
    private final List<WrongIndex> wrongIndices = new ArrayList<>();
    private final List<Finding> left = new ArrayList<>();
    private long right;
    private long settling;
    private long expired;
    private long missing;
    private long different;
    private long extra;
    private long repaired;

    /**
     * Compares all documents of some logs, once.
     *
     * @param client settings of a Kafka client that may read {@code job-runs} and the logs
     * @param repair whether to write missing and different documents again from the log, and to add missing aliases; documents that the
     *     log does not have stay
     * @param progress takes progress messages
     * @throws IOException when Elasticsearch does not answer or refuses a request
     */
    public static IndexReport check(
            Map<String, Object> client,
            List<IndexedLog> logs,
            URI elasticsearch,
            ElasticsearchAccess access,
            boolean repair,
            Consumer<String> progress)
            throws IOException {
        IndexRetention retention = new IndexRetention(Generations.latest(client, INDEXER));
        IndexStore store = new IndexStore(elasticsearch, access);
        try (Admin admin = Admin.create(client)) {
            IndexAudit audit = new IndexAudit(client, admin, retention, store, progress);
            for (IndexedLog log : logs) {
                audit.check(log, repair);
            }
            return audit.report();
        }
    }

    private IndexAudit(
            Map<String, Object> client,
            Admin admin,
            IndexRetention retention,
            IndexStore store,
            Consumer<String> progress) {
        this.client = client;
        this.admin = admin;
        this.retention = retention;
        this.store = store;
        this.progress = progress;
    }

    /** A document that is missing or different, and what it must be. */
    private record Mismatch(Finding finding, IndexedResult right) {}

    private void check(IndexedLog log, boolean repair) throws IOException {
        String topicId =
                Topics.find(admin, log.topic()).map(t -> t.topicId().toString()).orElse("");
        if (repair) {
            store.resetGcDeletes(log.indices()); // a repair that was killed did not do it
        }
        Map<String, Fingerprint> expected = new HashMap<>();
        Set<String> indices = new TreeSet<>();
        Set<Integer> partitions = new TreeSet<>();
        long[] read = {0};
        try (CommittedLog records = new CommittedLog(admin, client, log.topic())) {
            records.readToEnd(record -> {
                for (IndexedResult result : log.documents(record, topicId)) {
                    partitions.add(record.partition());
                    indices.add(result.index());
                    expected.merge(
                            IndexedLog.key(result.index(), result.id()),
                            result.fingerprint(),
                            (a, b) -> b.version() >= a.version() ? b : a);
                }
                show(++read[0], "records of %s read".formatted(log.topic()));
            });
        }
        Map<Integer, Long> positions = positions(topicId);
        partitions.removeAll(positions.keySet());
        partitions.forEach(number -> withoutPosition.add(log.topic() + '-' + number));
        Map<String, Set<String>> suspects = scan(log, expected);
        expected.keySet().forEach(absent -> suspects.put(absent, new TreeSet<>()));
        if (!suspects.isEmpty()) {
            try (NewestDocuments newest = new NewestDocuments(
                    log, topicId, new CommittedLog(admin, client, log.topic()), suspects.keySet())) {
                List<Mismatch> wrong = verify(suspects, newest, positions);
                if (repair) {
                    try (GracefulShutdown end = new GracefulShutdown("end-repair")) {
                        repair(log, wrong, newest, end);
                    }
                } else {
                    wrong.forEach(one -> leave(one.finding()));
                }
            }
        }
        wrongIndices.addAll(new IndexCheck(store).check(log, indices, repair)); // last, as a repair may create one
    }

    private IndexReport report() {
        return new IndexReport(
                right, settling, expired, missing, different, extra, repaired, withoutPosition, wrongIndices, left);
    }

    private void show(long done, String what) {
        if (done % SHOW_EVERY == 0) {
            progress.accept("%,d %s".formatted(done, what));
        }
    }

    private void leave(Finding finding) {
        if (left.size() < IndexReport.MOST) {
            left.add(finding);
        }
    }

    /** By partition of the log: the offset below which everything is in Elasticsearch, as index-results reports it. */
    private Map<Integer, Long> positions(String topicId) throws IOException {
        Map<Integer, Long> positions = new HashMap<>();
        String path = "/window-positions/_search?ignore_unavailable=true&size=10000";
        for (JsonNode hit : store.ask("GET", path, "").at("/hits/hits")) {
            JsonNode position = hit.path("_source");
            if (position.path("epoch").asText().equals(topicId)) {
                positions.put(
                        position.path("partition").asInt(),
                        position.path("offset").asLong());
            }
        }
        return positions;
    }

    /**
     * Removes from {@code expected} every document that is in Elasticsearch.
     *
     * @return by key, the indices of the documents that differ from what was expected
     */
    private Map<String, Set<String>> scan(IndexedLog log, Map<String, Fingerprint> expected) throws IOException {
        Map<String, Set<String>> suspects = new TreeMap<>();
        Map<String, String> seen = new HashMap<>();
        long[] documents = {0};
        store.refresh(log.indices());
        store.each(log.indices(), hit -> {
            String index = hit.path("_index").asText();
            String key = IndexedLog.key(index, hit.path("_id").asText());
            Fingerprint newest = expected.remove(key);
            String elsewhere = seen.put(key, index);
            if (Fingerprint.of(hit).equals(newest)) {
                right++;
            } else {
                Set<String> places = suspects.computeIfAbsent(key, k -> new TreeSet<>());
                places.add(index);
                if (elsewhere != null) {
                    places.add(elsewhere);
                }
            }
            show(++documents[0], "documents compared");
        });
        return suspects;
    }

    private List<Mismatch> verify(
            Map<String, Set<String>> suspects, NewestDocuments newest, Map<Integer, Long> positions)
            throws IOException {
        List<Mismatch> wrong = new ArrayList<>();
        long done = 0;
        for (Map.Entry<String, Set<String>> suspect : suspects.entrySet()) {
            progress.accept("%,d of %,d suspects checked".formatted(++done, suspects.size()));
            IndexedResult result = newest.of(suspect.getKey());
            String id = suspect.getKey().substring(1);
            for (String index : suspect.getValue()) {
                if (result == null || !result.index().equals(index)) {
                    verifyExtra(index, id, newest);
                }
            }
            if (result != null) {
                verify(result, newest, positions).ifPresent(finding -> wrong.add(new Mismatch(finding, result)));
            }
        }
        return wrong;
    }

    private void verifyExtra(String index, String id, NewestDocuments newest) throws IOException {
        JsonNode document = store.find(index, id);
        if (!document.path("found").asBoolean()) {
            return;
        }
        JsonNode place = document.at("/_source/log");
        if (newest.isBehind(place)) {
            settling++;
        } else if (newest.isExpired(place)) {
            expired++;
        } else {
            extra++;
            leave(new Finding("extra", index, id, "the log does not have it"));
        }
    }

    private Optional<Finding> verify(IndexedResult result, NewestDocuments newest, Map<Integer, Long> positions)
            throws IOException {
        JsonNode document = store.find(result.index(), result.id());
        JsonNode place = result.source().path("log");
        boolean written = place.path("offset").asLong()
                < positions.getOrDefault(place.path("partition").asInt(), 0L);
        boolean found = document.path("found").asBoolean();
        if (found && Fingerprint.of(document).equals(result.fingerprint())) {
            right++;
        } else if (found && newest.isBehind(document.at("/_source/log")) || !written) {
            settling++;
        } else if (found ? isNewerAndExpired(document, result, newest) : retention.hasPassed(result.index())) {
            expired++;
        } else if (found) {
            different++;
            return Optional.of(new Finding("different", result.index(), result.id(), result.difference(document)));
        } else {
            missing++;
            return Optional.of(new Finding("missing", result.index(), result.id(), "it is not there"));
        }
        return Optional.empty();
    }

    /** Whether the document is of a newer revision than the log's newest, and that revision's record has gone from the log. */
    private static boolean isNewerAndExpired(JsonNode document, IndexedResult result, NewestDocuments newest) {
        return document.path("_version").asLong() > result.version() && newest.isExpired(document.at("/_source/log"));
    }

    /**
     * Writes documents with the log's versions, which are lower than the versions that changes from outside have left. Elasticsearch takes a
     * lower version once the document is deleted and the index keeps no versions of deleted documents ({@code index.gc_deletes}). Meanwhile
     * Elasticsearch may refuse a newer revision from index-results, which treats a refused revision as written. So the log is read on
     * afterwards, and its new revisions are written as well.
     */
    private void repair(IndexedLog log, List<Mismatch> wrong, NewestDocuments newest, GracefulShutdown end)
            throws IOException {
        long before = repaired;
        try {
            for (Mismatch one : wrong) {
                if (!end.isRequested() && store.replace(one.right())) {
                    repaired++;
                } else {
                    leave(one.finding());
                }
                progress.accept("%,d of %,d repaired".formatted(repaired - before, wrong.size()));
            }
        } finally { // after a failure, too: what was replaced may have been newer
            store.resetGcDeletes(log.indices());
            for (Set<String> changed = newest.readOn(); !changed.isEmpty(); changed = newest.readOn()) {
                for (String key : changed) {
                    store.write(newest.of(key));
                }
            }
        }
        store.refresh(log.indices());
    }
}
