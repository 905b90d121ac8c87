// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.ServiceBuild;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process, with neither broker nor Elasticsearch: enough to see who gets in. */
record Service(Process process, Path logFile, URI root, URI management) implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** Starts a process with those settings and arguments. */
    static Service start(Path folder, Map<String, String> settings, String... arguments) {
        int port = FreePorts.next();
        Path log = folder.resolve("service-" + port + ".log");
        Map<String, String> all = new TreeMap<>();
        all.put("quarkus.http.port", Integer.toString(port));
        all.put("quarkus.management.port", Integer.toString(FreePorts.next()));
        all.put("kafka.bootstrap.servers", "127.0.0.1:" + FreePorts.next());
        all.put("quarkus.elasticsearch.hosts", "127.0.0.1:" + FreePorts.next());
        all.putAll(settings);
        List<String> command = new ArrayList<>(ServiceBuild.underTest().command("results-api", List.of("-Xmx128m")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        // an executable does not take -D with a value of two lines
        all.forEach((key, value) ->
                builder.environment().put(key.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT), value));
        try {
            return new Service(
                    builder.redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log,
                    URI.create("http://127.0.0.1:" + port),
                    URI.create("http://127.0.0.1:" + all.get("quarkus.management.port")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Service awaitListening() {
        try {
            await().atMost(150, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(log()).contains("Listening on"));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        return this;
    }

    /** The exit code, once the process has ended. */
    int exit() {
        await().atMost(60, TimeUnit.SECONDS).until(() -> !process.isAlive());
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(logFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) {
        return send(method, root.resolve(path), headers);
    }

    /** From where health and metrics are. */
    HttpResponse<String> manage(String path) {
        return send("GET", management.resolve(path));
    }

    private HttpResponse<String> send(String method, URI where, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(where)
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new IllegalStateException(log(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
