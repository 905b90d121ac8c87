// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.IndexReport.Finding;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Compares the results in Elasticsearch, newest revisions and history, with the log that they are a view of. The log is read
 * once and every document is looked at once; what does not fit is then compared anew, one by one, so that nothing is said of
 * what changes meanwhile. What index-results has not come to ({@code window-positions}) is not missing yet.
 *
 * <p>Memory: an entry per window and one per revision. Not thread-safe.
 */
public final class IndexAudit implements AutoCloseable {

    private static final String INDICES =
            IndexedResult.RESULTS + "*," + IndexedResult.HISTORY + '*';
    private static final int SHOW_EVERY = 10_000;

    /** At most so long Elasticsearch remembers the version of a document that was deleted while it is told to remember none. */
    private static final Duration FORGETS_WITHIN = Duration.ofSeconds(10);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private final Map<String, Object> client;
    private final Admin admin;
    private final String topic;
    private final String topicId;
    private final Optional<JobRun> indexer;
    private final URI elasticsearch;
    private final ElasticsearchAccess access;
    private final Consumer<String> progress;

    /** Per partition of the log: everything below is in Elasticsearch, says index-results. */
    private final Map<Integer, Long> positions = new HashMap<>();

    private final List<Finding> left = new ArrayList<>();
    private long right;
    private long settling;
    private long expired;
    private long missing;
    private long different;
    private long extra;
    private long repaired;

    /**
     * @param client settings of a Kafka client that may read {@code job-runs} and the results
     * @param topic the log of results
     * @param progress takes lines for people while it goes on
     */
    public IndexAudit(
            Map<String, Object> client,
            String topic,
            URI elasticsearch,
            ElasticsearchAccess access,
            Consumer<String> progress) {
        this.client = client;
        this.admin = Topics.admin(client);
        this.topic = topic;
        this.topicId = Topics.find(admin, topic).map(t -> t.topicId().toString()).orElse("");
        this.indexer =
                Generations.all(client).stream()
                        .filter(run -> run.job().equals("index-results"))
                        .reduce((a, b) -> a.generation() > b.generation() ? a : b);
        this.elasticsearch = elasticsearch;
        this.access = access;
        this.progress = progress;
    }

    @Override
    public void close() {
        admin.close();
    }

    /** The newest that the log says of a document. */
    private record Expected(long version, long fingerprint) {}

    /** A document that is not there or says something else. */
    private record Wrong(Finding finding, IndexedResult right) {}

    /**
     * Compares everything, once.
     *
     * @param repair whether to write what is missing or differs as the log has it; what the log does not have stays
     * @throws IOException when Elasticsearch does not answer or does not allow it
     */
    public IndexReport check(boolean repair) throws IOException {
        readPositions();
        Map<String, Expected> expected = new HashMap<>();
        long[] read = {0};
        try (CommittedLog log = new CommittedLog(admin, client, topic)) {
            log.readToEnd(
                    record -> {
                        for (IndexedResult result : documents(record)) {
                            expected.merge(
                                    key(result.index(), result.id()),
                                    new Expected(
                                            result.version(),
                                            IndexedResult.fingerprint(result.source())),
                                    (a, b) -> b.version() >= a.version() ? b : a);
                        }
                        show(++read[0], "results of the log read");
                    });
        }
        Map<String, Set<String>> suspects = scan(expected);
        expected.keySet().forEach(absent -> suspects.put(absent, new TreeSet<>()));
        if (!suspects.isEmpty()) {
            try (Newest newest = new Newest(suspects.keySet())) {
                List<Wrong> wrong = verify(suspects, newest);
                if (repair) {
                    repair(wrong, newest);
                } else {
                    wrong.forEach(one -> leave(one.finding()));
                }
            }
        }
        return new IndexReport(right, settling, expired, missing, different, extra, repaired, left);
    }

    /** What index-results makes of a record; of one that is no result it makes a dead letter. */
    private List<IndexedResult> documents(ConsumerRecord<byte[], byte[]> record) {
        try {
            return IndexedResult.of(record, topicId);
        } catch (RuntimeException noResult) {
            return List.of();
        }
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

    /** A document of either kind; its id says nothing of its index's month. */
    private static String key(String index, String id) {
        return (index.startsWith(IndexedResult.HISTORY) ? 'h' : 'r') + id;
    }

    private void readPositions() throws IOException {
        String path = "/window-positions/_search?ignore_unavailable=true&size=10000";
        for (JsonNode hit : ask("GET", path, "").at("/hits/hits")) {
            JsonNode position = hit.path("_source");
            if (position.path("epoch").asText().equals(topicId)) {
                positions.put(position.path("partition").asInt(), position.path("offset").asLong());
            }
        }
    }

    /**
     * Takes out of {@code expected} every document that there is.
     *
     * @return of those that do not fit in which indices they lie
     */
    private Map<String, Set<String>> scan(Map<String, Expected> expected) throws IOException {
        Map<String, Set<String>> suspects = new TreeMap<>();
        Map<String, String> seen = new HashMap<>();
        ask("POST", "/" + INDICES + "/_refresh", "");
        JsonNode page =
                ask(
                        "POST",
                        "/" + INDICES + "/_search?scroll=5m",
                        "{\"size\":1000,\"version\":true,\"sort\":[\"_doc\"]}");
        long documents = 0;
        while (!page.at("/hits/hits").isEmpty()) {
            for (JsonNode hit : page.at("/hits/hits")) {
                String index = hit.path("_index").asText();
                String key = key(index, hit.path("_id").asText());
                Expected one = expected.remove(key);
                String elsewhere = seen.put(key, index);
                if (one != null && isAs(one, hit)) {
                    right++;
                } else {
                    Set<String> places = suspects.computeIfAbsent(key, k -> new TreeSet<>());
                    places.add(index);
                    if (elsewhere != null) {
                        places.add(elsewhere);
                    }
                }
                show(++documents, "documents compared");
            }
            ObjectNode next = Http.JSON.createObjectNode().put("scroll", "5m");
            next.put("scroll_id", page.path("_scroll_id").asText());
            page = ask("POST", "/_search/scroll", next.toString());
        }
        return suspects;
    }

    private static boolean isAs(Expected expected, JsonNode hit) {
        return expected.version() == hit.path("_version").asLong()
                && expected.fingerprint() == IndexedResult.fingerprint(hit.path("_source"));
    }

    /** Reads the log once more, and on, for some documents alone. */
    private final class Newest implements AutoCloseable {
        private final CommittedLog log = new CommittedLog(admin, client, topic);
        private final Set<String> keys;
        private final Map<String, IndexedResult> results = new HashMap<>();
        private final Map<Integer, Long> ends = new HashMap<>();

        Newest(Set<String> keys) {
            this.keys = keys;
            readOn();
        }

        /** The keys whose documents have changed. */
        Set<String> readOn() {
            Set<String> changed = new TreeSet<>();
            log.readToEnd(
                    record -> {
                        ends.put(record.partition(), record.offset() + 1);
                        for (IndexedResult result : documents(record)) {
                            String key = key(result.index(), result.id());
                            IndexedResult before = results.get(key);
                            if (keys.contains(key)
                                    && (before == null || before.version() <= result.version())) {
                                results.put(key, result);
                                changed.add(key);
                            }
                        }
                    });
            return changed;
        }

        /** Whether a document tells of a place in the log that has not been read here. */
        boolean isBehind(JsonNode source) {
            JsonNode place = source.path("log");
            return place.path("epoch").asText().equals(topicId)
                    && place.path("offset").asLong()
                            >= ends.getOrDefault(place.path("partition").asInt(), 0L);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private List<Wrong> verify(Map<String, Set<String>> suspects, Newest newest)
            throws IOException {
        List<Wrong> wrong = new ArrayList<>();
        long done = 0;
        for (Map.Entry<String, Set<String>> suspect : suspects.entrySet()) {
            progress.accept("%,d of %,d doubts looked at".formatted(++done, suspects.size()));
            IndexedResult result = newest.results.get(suspect.getKey());
            String id = suspect.getKey().substring(1);
            for (String index : suspect.getValue()) {
                if (result == null || !result.index().equals(index)) {
                    verifyExtra(index, id, newest);
                }
            }
            if (result != null) {
                verify(result, newest).ifPresent(finding -> wrong.add(new Wrong(finding, result)));
            }
        }
        return wrong;
    }

    private void verifyExtra(String index, String id, Newest newest) throws IOException {
        JsonNode document = document(index, id);
        if (!document.path("found").asBoolean()) {
            return;
        }
        JsonNode place = document.at("/_source/log");
        if (newest.isBehind(document.path("_source"))) {
            settling++;
        } else if (place.path("epoch").asText().equals(topicId)
                && place.path("offset").asLong()
                        < newest.log.starts().getOrDefault(place.path("partition").asInt(), 0L)) {
            expired++;
        } else {
            extra++;
            leave(new Finding("extra", index, id, "the log does not have it"));
        }
    }

    private Optional<Finding> verify(IndexedResult result, Newest newest) throws IOException {
        JsonNode document = document(result.index(), result.id());
        JsonNode place = result.source().path("log");
        boolean written =
                place.path("offset").asLong()
                        < positions.getOrDefault(place.path("partition").asInt(), 0L);
        boolean found = document.path("found").asBoolean();
        if (found
                && isAs(
                        new Expected(result.version(), IndexedResult.fingerprint(result.source())),
                        document)) {
            right++;
        } else if (found && newest.isBehind(document.path("_source")) || !written) {
            settling++;
        } else if (document.path("error").asBoolean() && isDropped(result.index())) {
            expired++;
        } else if (found) {
            different++;
            return Optional.of(
                    new Finding(
                            "different",
                            result.index(),
                            result.id(),
                            difference(result, document)));
        } else {
            missing++;
            return Optional.of(
                    new Finding("missing", result.index(), result.id(), "it is not there"));
        }
        return Optional.empty();
    }

    /** Whether index-results deletes such indices when their time is over. */
    private boolean isDropped(String index) {
        String option = index.startsWith(IndexedResult.HISTORY) ? "history" : "results";
        return indexer.map(run -> run.setting(option + "-retention", ""))
                .filter(keep -> keep.matches(".*[0-9].*"))
                .isPresent();
    }

    private static String difference(IndexedResult result, JsonNode document) {
        Set<String> fields = new TreeSet<>();
        JsonNode source = document.path("_source");
        result.source().fieldNames().forEachRemaining(fields::add);
        source.fieldNames().forEachRemaining(fields::add);
        fields.removeIf(
                field ->
                        IndexedResult.canonical(result.source().path(field))
                                .equals(IndexedResult.canonical(source.path(field))));
        return fields.isEmpty()
                ? "version is %d, the log says %d"
                        .formatted(document.path("_version").asLong(), result.version())
                : "in " + String.join(", ", fields);
    }

    /**
     * Writes documents with the log's versions, which are lower than those that changes from outside have left. A lower one
     * is taken when the document is deleted and the index remembers no versions of deleted ones ({@code index.gc_deletes}).
     * index-results, which takes a refused version for one that is written, may come to a newer revision in between: so the
     * log is read on afterwards, and what is new there is written as well.
     */
    private void repair(List<Wrong> wrong, Newest newest) throws IOException {
        Set<String> forgetting = new TreeSet<>();
        try {
            for (Wrong one : wrong) {
                if (replace(one.right(), forgetting)) {
                    repaired++;
                } else {
                    leave(one.finding());
                }
                progress.accept("%,d of %,d repaired".formatted(repaired, wrong.size()));
            }
            Set<String> changed = newest.readOn();
            while (!changed.isEmpty()) {
                for (String key : changed) {
                    write(newest.results.get(key));
                }
                changed = newest.readOn();
            }
        } finally {
            for (String index : forgetting) {
                remember(index, "null");
            }
            ask("POST", "/" + INDICES + "/_refresh", "");
        }
    }

    /** How long the versions of deleted documents count. */
    private void remember(String index, String time) throws IOException {
        ask("PUT", "/" + index + "/_settings", "{\"index\":{\"gc_deletes\":" + time + "}}");
    }

    private boolean replace(IndexedResult result, Set<String> forgetting) throws IOException {
        try {
            if (write(result)) {
                return true;
            }
        } catch (Http.StatusException e) {
            if (e.status() == 400) {
                return false; // a dead letter of index-results, too
            }
            throw e;
        }
        if (forgetting.add(result.index())) {
            remember(result.index(), "\"0ms\"");
        }
        String path = "/" + result.index() + "/_doc/" + encoded(result.id());
        try {
            ask("DELETE", path, "");
        } catch (Http.StatusException e) {
            if (e.status() != 404) {
                throw e;
            }
        }
        long deadline = System.nanoTime() + FORGETS_WITHIN.toNanos();
        ask("POST", "/" + result.index() + "/_refresh", "");
        while (!write(result)) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "%s does not take %s, which was deleted from it; another --repair writes it"
                                .formatted(result.index(), result.id()));
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            ask("POST", "/" + result.index() + "/_refresh", "");
        }
        return true;
    }

    /** Writes it as index-results does, and says whether no other version kept it from that. */
    private boolean write(IndexedResult result) throws IOException {
        try {
            ask(
                    "PUT",
                    "/%s/_doc/%s?version_type=external_gte&version=%d"
                            .formatted(result.index(), encoded(result.id()), result.version()),
                    result.source().toString());
            return true;
        } catch (Http.StatusException e) {
            if (e.status() == 409) {
                return false;
            }
            throw e;
        }
    }

    private JsonNode document(String index, String id) throws IOException {
        try {
            return ask("GET", "/" + index + "/_doc/" + encoded(id), "");
        } catch (Http.StatusException e) {
            if (e.status() == 404) {
                boolean noIndex = e.getMessage().contains("index_not_found");
                return Http.JSON.createObjectNode().put("error", noIndex);
            }
            throw e;
        }
    }

    private JsonNode ask(String method, String path, String json) throws IOException {
        return IndexedResult.JSON.readTree(access.send(method, elasticsearch.resolve(path), json));
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
