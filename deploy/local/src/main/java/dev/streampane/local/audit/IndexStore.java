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

/** Reads and writes Elasticsearch documents with external versions. Not thread-safe. */
final class IndexStore {

    /** How long Elasticsearch may still keep the version of a deleted document after it is told to keep none. */
    private static final Duration FORGETS_WITHIN = Duration.ofSeconds(10);

    /** The value of {@code index.gc_deletes} with which an index keeps no versions of deleted documents. */
    private static final String NONE = "0ms";

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** The setting is not sent again at every try, as the master node has to change it. */
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
     * Passes every document of some indices to {@code hits}, as a search hit with its version.
     *
     * @throws IOException when a request fails, or a shard was not searched
     */
    void each(String indices, Consumer<JsonNode> hits) throws IOException {
        JsonNode page = page(
                indices,
                "/" + indices + "/_search?scroll=5m&allow_partial_search_results=false",
                "{\"size\":1000,\"version\":true,\"sort\":[\"_doc\"]}");
        while (!page.at("/hits/hits").isEmpty()) {
            page.at("/hits/hits").forEach(hits);
            ObjectNode next = Http.JSON.createObjectNode().put("scroll", "5m");
            next.put("scroll_id", page.path("_scroll_id").asText());
            page = page(indices, "/_search/scroll", next.toString());
        }
    }

    private JsonNode page(String indices, String path, String json) throws IOException {
        JsonNode page = ask("POST", path, json);
        int failed = page.at("/_shards/failed").asInt();
        if (failed > 0) {
            throw new IOException("Elasticsearch did not search %d of %s shards of %s; try again when they have started"
                    .formatted(failed, page.at("/_shards/total").asText(), indices));
        }
        return page;
    }

    /** The answer to a GET of a document, with {@code found}; an empty object when the document or its index does not exist. */
    JsonNode find(String index, String id) throws IOException {
        return askUnless(404, "GET", path(index, id), "").orElseGet(Http.JSON::createObjectNode);
    }

    /** Writes a document as index-results does; false when Elasticsearch refuses it because of a higher version. */
    boolean write(IndexedResult result) throws IOException {
        String path = path(result.index(), result.id()) + "?version_type=external_gte&version=" + result.version();
        return askUnless(409, "PUT", path, result.source().toString()).isPresent();
    }

    /** The answer; empty when it has the given HTTP status. */
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
     * Writes a document even where Elasticsearch has a higher version: it deletes that one while the index keeps no versions of deleted
     * documents. The caller must call {@link #resetGcDeletes} afterwards.
     *
     * @return false when Elasticsearch rejects the document as invalid (status 400)
     */
    boolean replace(IndexedResult result) throws IOException {
        try {
            if (write(result)) {
                return true;
            }
        } catch (Http.StatusException e) {
            if (e.status() == 400) {
                return false; // index-results makes a dead letter of it, too
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
            if (tries % TRIES_BEFORE_REMINDER == 0) { // another repair may have reset it
                remember(result.index(), '"' + NONE + '"');
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            refresh(result.index());
        }
        return true;
    }

    /** Resets {@code index.gc_deletes} to the default in those of the indices where it is {@value #NONE}. */
    void resetGcDeletes(String indices) throws IOException {
        JsonNode settings = ask("GET", "/" + indices + "/_settings/index.gc_deletes", "");
        for (Map.Entry<String, JsonNode> index : settings.properties()) {
            if (index.getValue().at("/settings/index/gc_deletes").asText().equals(NONE)) {
                remember(index.getKey(), "null");
            }
        }
        forgetting.clear();
    }

    /** Sets how long an index keeps the versions of deleted documents; {@code time} is a JSON value. */
    private void remember(String index, String time) throws IOException {
        ask("PUT", "/" + index + "/_settings", "{\"index\":{\"gc_deletes\":" + time + "}}");
    }

    private static String path(String index, String id) {
        return "/" + index + "/_doc/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
