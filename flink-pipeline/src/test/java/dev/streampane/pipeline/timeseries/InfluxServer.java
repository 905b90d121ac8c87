// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real InfluxDB 1.x as a child of this process, on free ports of the loopback address, with one database. */
final class InfluxServer implements AutoCloseable {

    private static final String DATABASE = "telegraf";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final String url;

    private InfluxServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts the server of Debian's package {@code influxdb}, which the test that asks requires. */
    static InfluxServer start(Path data) throws IOException {
        Installed.require("influxd", "influxdb, 1.x");
        int[] ports = FreePorts.next(2);
        Path config = data.resolve("influxdb.conf");
        Files.writeString(config, config(data, ports));
        Process process = new ProcessBuilder("influxd", "run", "-config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("influxdb.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var server = new InfluxServer(process, "http://127.0.0.1:" + ports[1]);
        await().ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class)
                .until(() ->
                        server.send(HttpRequest.newBuilder().GET(), "/ping").statusCode() == 204);
        server.query("CREATE DATABASE " + DATABASE);
        return server;
    }

    private static String config(Path data, int[] ports) {
        return """
                reporting-disabled = true
                bind-address = "127.0.0.1:%d"
                [meta]
                dir = "%s/meta"
                [data]
                dir = "%s/data"
                wal-dir = "%s/wal"
                [http]
                bind-address = "127.0.0.1:%d"
                [monitor]
                store-enabled = false
                """.formatted(ports[0], data, data, data, ports[1]);
    }

    /** Writes a message of lines; what the server says when it does not take all of it, empty when it does. */
    String write(byte[] lines) {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder().POST(BodyPublishers.ofByteArray(lines)), "/write?precision=ns&db=" + DATABASE);
        return answer.statusCode() == 204 ? "" : answer.statusCode() + " " + answer.body();
    }

    /** The rows of the first series that answers {@code influxQl}, times in ns; empty when there is none. */
    JsonNode query(String influxQl) {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder().POST(BodyPublishers.noBody()),
                "/query?epoch=ns&db=%s&q=%s".formatted(DATABASE, URLEncoder.encode(influxQl, UTF_8)));
        try {
            JsonNode result = JSON.readTree(answer.body());
            if (answer.statusCode() != 200 || !result.at("/results/0/error").isMissingNode()) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
            return result.at("/results/0/series/0/values");
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path) {
        try {
            return HTTP.send(
                    request.uri(URI.create(url + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    BodyHandlers.ofString(UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
