// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Documents of Elasticsearch with external versions. Not thread-safe. */
final class IndexStore {

    /** At most so long Elasticsearch remembers the version of a document that was deleted while it is told to remember none. */
    private static final Duration FORGETS_WITHIN = Duration.ofSeconds(10);

    /** As long as no version counts. */
    private static final String NONE = "0ms";

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** The setting is the master's to change. */
    private static final int TRIES_BEFORE_REMINDER = 10;

    private final URI elasticsearch;
    private final ElasticsearchAccess access;
    private final Set<String> forgetting = new TreeSet<>();

    IndexStore(URI elasticsearch, ElasticsearchAccess access) {
        this.elasticsearch = elasticsearch;
        this.access = access;
    }

    JsonNode ask(String method, String path, String json) throws IOException {
        return Json.EXACT.readTree(access.send(method, elasticsearch.resolve(path), json));
    }

    void refresh(String indices) throws IOException {
        ask("POST", "/" + indices + "/_refresh", "");
    }

    /**
     * Hands over every document of some indices as a hit with its version.
     *
     * @throws IOException when a shard is missing, too
     */
    void each(String indices, Consumer<JsonNode> hits) throws IOException {
        JsonNode page = ask(
                "POST",
                "/" + indices + "/_search?scroll=5m&allow_partial_search_results=false",
                "{\"size\":1000,\"version\":true,\"sort\":[\"_doc\"]}");
        checkWhole(indices, page);
        while (!page.at("/hits/hits").isEmpty()) {
            page.at("/hits/hits").forEach(hits);
            ObjectNode next = Http.JSON.createObjectNode().put("scroll", "5m");
            next.put("scroll_id", page.path("_scroll_id").asText());
            page = ask("POST", "/_search/scroll", next.toString());
            checkWhole(indices, page);
        }
    }

    private static void checkWhole(String indices, JsonNode page) throws IOException {
        int failed = page.at("/_shards/failed").asInt();
        if (failed > 0) {
            throw new IOException("Elasticsearch did not search %d of %s shards of %s; try again when they have started"
                    .formatted(failed, page.at("/_shards/total").asText(), indices));
        }
    }

    /** A document with {@code found}; an empty one when it or its index is not there. */
    JsonNode find(String index, String id) throws IOException {
        return askUnless(404, "GET", path(index, id), "").orElseGet(Http.JSON::createObjectNode);
    }

    /** Writes it as index-results does, and says whether no other version kept it from that. */
    boolean write(IndexedResult result) throws IOException {
        String path = path(result.index(), result.id()) + "?version_type=external_gte&version=" + result.version();
        return askUnless(409, "PUT", path, result.source().toString()).isPresent();
    }

    /** Nothing where the answer has that status. */
    private Optional<JsonNode> askUnless(int status, String method, String path, String json) throws IOException {
        try {
            return Optional.of(ask(method, path, json));
        } catch (Http.StatusException e) {
            if (e.status() == status) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Writes it past a higher version, which is deleted while its index remembers no versions of deleted documents; {@link
     * #resetGcDeletes} is owed then.
     *
     * @return whether Elasticsearch takes it at all
     */
    boolean replace(IndexedResult result) throws IOException {
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
            remember(result.index(), '"' + NONE + '"');
        }
        askUnless(404, "DELETE", path(result.index(), result.id()), "");
        long deadline = System.nanoTime() + FORGETS_WITHIN.toNanos();
        refresh(result.index());
        for (int tries = 1; !write(result); tries++) {
            if (find(result.index(), result.id()).path("found").asBoolean()) {
                return true; // index-results has come with a newer revision
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("%s does not take %s, which was deleted from it; another --repair writes it"
                        .formatted(result.index(), result.id()));
            }
            if (tries % TRIES_BEFORE_REMINDER == 0) { // another repair may have given it back
                remember(result.index(), '"' + NONE + '"');
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            refresh(result.index());
        }
        return true;
    }

    /** Has those of these indices that remember no versions remember them as long as others do. */
    void resetGcDeletes(String indices) throws IOException {
        JsonNode settings = ask("GET", "/" + indices + "/_settings/index.gc_deletes", "");
        for (Map.Entry<String, JsonNode> index : settings.properties()) {
            if (index.getValue().at("/settings/index/gc_deletes").asText().equals(NONE)) {
                remember(index.getKey(), "null");
            }
        }
        forgetting.clear();
    }

    /** How long the versions of deleted documents count. */
    private void remember(String index, String time) throws IOException {
        ask("PUT", "/" + index + "/_settings", "{\"index\":{\"gc_deletes\":" + time + "}}");
    }

    private static String path(String index, String id) {
        return "/" + index + "/_doc/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
