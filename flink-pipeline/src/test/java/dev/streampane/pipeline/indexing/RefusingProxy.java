// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A proxy before Elasticsearch that says in HTML, as nginx does, that it passes nothing on, or nothing of a kind, until it lets all through. */
final class RefusingProxy implements AutoCloseable {

    private static final byte[] PAGE =
            "<html><head><title>The plain HTTP request was sent to HTTPS port</title></head></html>".getBytes(UTF_8);

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI elasticsearch;
    private final int status;
    private final Predicate<String> kind;
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean open;

    RefusingProxy(URI elasticsearch, int status) throws IOException {
        this(elasticsearch, status, body -> true);
    }

    /** @param kind whether a request with that body is refused */
    RefusingProxy(URI elasticsearch, int status, Predicate<String> kind) throws IOException {
        this.elasticsearch = elasticsearch;
        this.status = status;
        this.kind = kind;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How many requests it has refused. */
    int refused() {
        return refused.get();
    }

    void letThrough() {
        open = true;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] asked = exchange.getRequestBody().readAllBytes();
        if (open || !kind.test(new String(asked, UTF_8))) {
            pass(exchange, asked);
        } else {
            refused.incrementAndGet();
            send(exchange, status, "text/html", PAGE);
        }
    }

    private void pass(HttpExchange exchange, byte[] asked) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(elasticsearch.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(asked));
        if (exchange.getRequestHeaders().containsKey("Content-Type")) {
            request.header("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
        }
        try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            send(
                    exchange,
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElseThrow(),
                    answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.getResponseHeaders().add("X-Elastic-Product", "Elasticsearch");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
