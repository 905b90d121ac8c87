// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import com.robothy.s3.rest.LocalS3;
import com.robothy.s3.rest.bootstrap.LocalS3Mode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** An S3 server in this process, behind a gate at which a test can stop a request: it never reaches the server. */
public final class GatedS3 implements AutoCloseable {

    private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>");

    /** Headers that belong to one connection, and are the client's own business. */
    private static final Set<String> HOP =
            Set.of("host", "connection", "content-length", "expect", "transfer-encoding");

    private final LocalS3 server;
    private final HttpServer gate;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Stop> stop = new AtomicReference<>();

    /** Stops the first request that it matches; it is dropped when the test opens the gate. */
    public static final class Stop {

        private final Predicate<String> requests;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        private Stop(Predicate<String> requests) {
            this.requests = requests;
        }

        public boolean isReached() {
            return reached.getCount() == 0;
        }

        public void open() {
            opened.countDown();
        }
    }

    private GatedS3(LocalS3 server, HttpServer gate) {
        this.server = server;
        this.gate = gate;
    }

    /** Starts a server with a bucket. */
    public static GatedS3 start(String bucket) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // 40 ms for each answer otherwise
        LocalS3 server = LocalS3.builder().port(-1).mode(LocalS3Mode.IN_MEMORY).build();
        server.start();
        HttpServer gate = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var s3 = new GatedS3(server, gate);
        gate.setExecutor(s3.threads);
        gate.createContext("/", s3::pass);
        gate.start();
        s3.send(s3.request("/" + bucket).PUT(BodyPublishers.noBody()).build());
        return s3;
    }

    public String endpoint() {
        return "http://127.0.0.1:" + gate.getAddress().getPort();
    }

    /** Stops the next request whose line ({@code PUT /bucket/key?query}) matches. */
    public Stop stopAt(Predicate<String> requests) {
        var next = new Stop(requests);
        stop.set(next);
        return next;
    }

    /** The keys of all finished objects that begin so. */
    List<String> keys(String bucket, String prefix) {
        String page = new String(
                send(request("/" + bucket + "?list-type=2&prefix=" + prefix).build())
                        .body());
        if (page.contains("<IsTruncated>true")) {
            throw new IllegalStateException("more objects than on one page");
        }
        return KEY.matcher(page).results().map(match -> match.group(1)).toList();
    }

    byte[] get(String bucket, String key) {
        return send(request("/" + bucket + "/" + key).build()).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getPort()).resolve(path));
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Stop next = stop.get();
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            if (next != null && next.requests.test(line) && stop.compareAndSet(next, null)) {
                next.reached.countDown();
                next.opened.await();
                return;
            }
            HttpRequest.Builder request = request(exchange.getRequestURI().toString())
                    .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (!HOP.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            answer(exchange, send(request.build()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        response.headers().map().forEach((name, values) -> {
            if (head || !HOP.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.statusCode(), head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        gate.stop(0);
        threads.shutdownNow();
        server.shutdown();
    }
}
