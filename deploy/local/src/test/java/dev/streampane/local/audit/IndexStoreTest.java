// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.streampane.local.server.ElasticsearchAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two pages of one document each, and what becomes of one that a shard is missing from. */
class IndexStoreTest {

    private final List<String> asked = new ArrayList<>();
    private final List<JsonNode> hits = new ArrayList<>();
    private HttpServer server;
    private IndexStore store;
    private int failingPage;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            int page = asked.size();
            byte[] answer = "{\"_scroll_id\":\"s\",\"_shards\":{\"total\":3,\"failed\":%d},\"hits\":{\"hits\":[%s]}}"
                    .formatted(page == failingPage ? 1 : 0, page <= 2 ? "{\"_id\":\"" + page + "\"}" : "")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        store = new IndexStore(url, ElasticsearchAccess.OPEN);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldHandOverEachPage() throws IOException {
        // When
        store.each("alerts-*", hits::add);
        // Then
        assertThat(hits).extracting(hit -> hit.path("_id").asText()).containsExactly("1", "2");
        assertThat(asked).hasSize(3).first().asString().contains("allow_partial_search_results=false");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldFailWhenAShardIsMissingFromAPage(int page) {
        // Given
        failingPage = page;
        // When Then
        assertThatThrownBy(() -> store.each("alerts-*", hits::add))
                .isInstanceOf(IOException.class)
                .hasMessage("Elasticsearch did not search 1 of 3 shards of alerts-*; try again when they have started");
        assertThat(hits).hasSize(page - 1);
    }
}
