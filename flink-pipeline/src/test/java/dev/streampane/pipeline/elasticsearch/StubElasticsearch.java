// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Answers {@code _bulk} requests as a test says, and keeps what was asked. */
final class StubElasticsearch implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * An answer.
     *
     * @param status HTTP's status
     */
    record Answer(int status, String body) {}

    /** @param answers from the actions of a request ({@code _index}, {@code _id}, {@code version}) to its answer */
    StubElasticsearch(Function<List<JsonNode>, Answer> answers) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/_bulk", exchange -> answer(exchange, answers));
        server.createContext("/search/_bulk", exchange -> answer(exchange, answers));
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** To these nodes as anybody. */
    static ElasticsearchAccess access(URI... nodes) {
        return new ElasticsearchAccess(List.of(nodes), "", "");
    }

    /** One item per action, each with this status. */
    static Answer each(List<JsonNode> actions, Function<JsonNode, Integer> status) {
        List<String> items = new ArrayList<>();
        for (JsonNode action : actions) {
            int code = status.apply(action);
            items.add(
                    code < 300
                            ? "{\"index\":{\"status\":" + code + "}}"
                            : "{\"index\":{\"status\":"
                                    + code
                                    + ",\"error\":{\"type\":\"stub\",\"reason\":\"said so\"}}}");
        }
        return new Answer(200, "{\"items\":[" + String.join(",", items) + "]}");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, Function<List<JsonNode>, Answer> answers) throws IOException {
        String[] lines = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).split("\n");
        List<JsonNode> actions = new ArrayList<>();
        for (int i = 0; i < lines.length; i += 2) {
            actions.add(JSON.readTree(lines[i]).get("index"));
        }
        Answer answer = answers.apply(actions);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
