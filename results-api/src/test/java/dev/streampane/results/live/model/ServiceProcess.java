// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.ServiceBuild;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service as a process of its own, on one port over all its starts. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    /** As probes and scrapers ask: a question that is not answered does not hold those on other connections. */
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private final int[] ports = FreePorts.next(2);
    private final URI root = URI.create("http://127.0.0.1:" + ports[0]);
    private final URI management = URI.create("http://127.0.0.1:" + ports[1]);
    private final Path log;
    private final List<String> command;
    private Process process;

    /**
     * The build under test in little memory.
     *
     * @param settings configuration of the service
     */
    public ServiceProcess(Path log, Map<String, String> settings) {
        this(
                log,
                ServiceBuild.underTest(),
                List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                settings);
    }

    /**
     * @param options of the virtual machine
     * @param settings configuration of the service
     */
    public ServiceProcess(Path log, ServiceBuild build, List<String> options, Map<String, String> settings) {
        this.log = log;
        List<String> all = new ArrayList<>(options);
        all.add("-Dquarkus.http.port=" + root.getPort());
        all.add("-Dquarkus.management.port=" + management.getPort());
        settings.forEach((key, value) -> all.add("-D" + key + "=" + value));
        command = build.command("results-api", all);
    }

    public URI root() {
        return root;
    }

    /** Starts the process, which may take a while to be ready. */
    public ServiceProcess start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    /** Whether somebody takes connections. */
    boolean listens() {
        return FreePorts.isListening(root.getPort());
    }

    /** The process of the newest start. */
    public Process process() {
        return process;
    }

    /**
     * Waits until it answers queries and takes streams, and kills it when it does not; each time it is asked, it has ten seconds to answer.
     */
    public ServiceProcess awaitReady() {
        try {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(process.isAlive()).as("runs, see %s", log).isTrue();
                assertThat(readiness()).as("health, see %s", log).startsWith("200 ");
            });
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        return this;
    }

    /** Ends it by SIGTERM, as a rolling restart does. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Ends it by SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The answer to a GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(root, path, PATIENCE);
    }

    private static HttpResponse<String> get(URI where, String path, Duration patience)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(where + path))
                        .timeout(patience)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sum of the samples of {@code /q/metrics} whose line begins so, since it was started. */
    public double metric(String begin) throws IOException, InterruptedException {
        return get(management, "/q/metrics", PATIENCE)
                .body()
                .lines()
                .filter(line -> line.startsWith(begin))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The status and body of the answer, or why there is none. */
    private String readiness() throws InterruptedException {
        try {
            HttpResponse<String> answer = get(management, "/q/health/ready", Duration.ofSeconds(10));
            return answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
