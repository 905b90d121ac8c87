// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process of its own, on the same ports over all its starts. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final List<String> SMALL = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** As probes and scrapers ask: a question that is not answered does not hold those on other connections. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final int[] ports = FreePorts.next(2);
    private final Path log;
    private final ProcessBuilder builder;
    private Process process;

    /**
     * The build under test in little memory.
     *
     * @param folder where its log is
     * @param settings configuration of the service; there is neither a broker nor an Elasticsearch where they do not name one
     * @param arguments of the command line
     */
    public ServiceProcess(Path folder, Map<String, String> settings, String... arguments) {
        this(folder, ServiceUnderTest.build(), SMALL, settings, arguments);
    }

    /**
     * @param options of the virtual machine, and what an executable knows of them
     */
    public ServiceProcess(
            Path folder, ServiceBuild build, List<String> options, Map<String, String> settings, String... arguments) {
        log = folder.resolve("service-" + ports[0] + ".log");
        List<String> command = new ArrayList<>(ServiceUnderTest.command(build, "results-api", options));
        command.addAll(List.of(arguments));
        builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        set("quarkus.http.port", String.valueOf(ports[0]));
        set("quarkus.management.port", String.valueOf(ports[1]));
        set("kafka.bootstrap.servers", "127.0.0.1:" + FreePorts.next());
        set("quarkus.elasticsearch.hosts", "127.0.0.1:" + FreePorts.next());
        settings.forEach(this::set);
    }

    /** In the environment: an executable does not take -D with a value of two lines. */
    private void set(String key, String value) {
        builder.environment().put(key.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT), value);
    }

    /** Where it answers. */
    public URI root() {
        return URI.create("http://127.0.0.1:" + ports[0]);
    }

    /** The port of health and metrics. */
    public int managementPort() {
        return ports[1];
    }

    /** The process of the newest start. */
    public Process process() {
        return process;
    }

    /** What it has logged, over all its starts. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the process, which may take a while to be ready. */
    public ServiceProcess start() {
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Whether somebody takes connections. */
    public boolean listens() {
        return FreePorts.isListening(ports[0]);
    }

    /** Waits until it takes requests; it need not be ready for them. */
    public ServiceProcess awaitListening() {
        return awaiting(() -> assertThat(log()).contains("Listening on"));
    }

    /** Waits until it answers queries and takes streams. */
    public ServiceProcess awaitReady() {
        return awaiting(() -> {
            assertThat(process.isAlive()).as(this::log).isTrue();
            assertThat(ask("/q/health/ready").map(HttpResponse::statusCode))
                    .as(this::log)
                    .contains(200);
        });
    }

    /** Kills it when it does not come true. */
    private ServiceProcess awaiting(Runnable assertion) {
        try {
            await().atMost(PATIENCE).untilAsserted(assertion::run);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        return this;
    }

    /** Ends it by SIGTERM, as a rolling restart does; the exit code. */
    public int stop() {
        process.destroy();
        return exit();
    }

    /** Ends it by SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        exit();
    }

    /** The exit code, once the process has ended. */
    public int exit() {
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(log()).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /** The answer to a GET. */
    public HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, headers);
    }

    /** The answer to a request without a body. */
    public HttpResponse<String> send(String method, String path, String... headers) {
        return send(ports[0], method, path, PATIENCE, headers);
    }

    /** The answer of the port of health and metrics. */
    public HttpResponse<String> manage(String path) {
        return send(ports[1], "GET", path, PATIENCE);
    }

    /** The answer to a GET, of health at its own port, within ten seconds; nothing of a process that starts, ends or keeps one waiting. */
    public Optional<HttpResponse<String>> ask(String path) {
        try {
            return Optional.of(send(ports[path.startsWith("/q/health") ? 1 : 0], "GET", path, Duration.ofSeconds(10)));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Sum of the samples of {@code /q/metrics} whose line begins so, since it was started. */
    public double metric(String begin) {
        return manage("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(begin))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> send(int port, String method, String path, Duration patience, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(patience)
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(log(), e);
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
