// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.streampane.results.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.http.HttpHost;
import org.elasticsearch.client.RestClient;

/** A server in the place of Elasticsearch, and a client of it. */
public final class FakeElasticsearch implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private RestClient client;

    public FakeElasticsearch() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        client = connected();
    }

    private RestClient connected() {
        return RestClient.builder(host()).build();
    }

    HttpHost host() {
        return new HttpHost("127.0.0.1", server.getAddress().getPort());
    }

    RestClient client() {
        return client;
    }

    /** A client that has so long for an answer. */
    public SearchClient client(String timeout, MeterRegistry metrics) {
        return new SearchClient(
                client,
                ended -> client = connected(),
                Settings.with(Map.of("results.query.timeout", timeout)),
                metrics);
    }

    /** How it answers from now on. */
    public void answer(HttpHandler handler) {
        server.createContext("/", handler);
    }

    /** Sends an answer. */
    public static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.getResponseHeaders().add("X-Elastic-Product", "Elasticsearch");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.stop(0);
        threads.shutdown();
    }
}
