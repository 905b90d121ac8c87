// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A packaged simulator as a process of its own. */
public abstract class ProcessContract {

    protected static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    protected Path folder;

    private final String module;
    private final String prefix;
    private final String withoutRate;

    private final List<Process> processes = new ArrayList<>();

    /**
     * @param module of the simulator
     * @param prefix of the names of its settings
     * @param withoutRate what a rate of 0 means
     */
    protected ProcessContract(String module, String prefix, String withoutRate) {
        this.module = module;
        this.prefix = prefix;
        this.withoutRate = withoutRate;
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldRefuseAWrongSettingWithOneLineAndExitCode2() throws Exception {
        // When
        Process process = start(Map.of(variable("RATE"), "-1"));

        // Then
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(log())
                .isEqualTo("%s.rate: '-1' is not allowed; allowed is a whole number from 0 (%s) to 1000000\n"
                        .formatted(prefix, withoutRate));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --jurnal x | --jurnal: there is no such argument; see --help
                    --journal | --journal: '' is not allowed; allowed is a file
                    --journal= | --journal: '' is not allowed; allowed is a file
                    --journal @ | --journal: '' is not allowed; allowed is a file
                    --healthy | --healthy: '' is not allowed; allowed is a path such as /q/health/live
                    """)
    void shouldRefuseAWrongArgumentWithOneLineAndExitCode2(String arguments, String line) throws Exception {
        // When
        Process process = start(Map.of(), arguments.replace("@", "").split(" ", -1));

        // Then
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(log()).isEqualTo(line + "\n");
    }

    @Test
    void shouldListItsSettings() throws Exception {
        // When
        Process process = start(Map.of(), "--help");

        // Then
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(log()).contains("--journal FILE", prefix + ".faults.late.probability", variable("RATE"));
    }

    /** As in a container whose port is published on a loopback address alone. */
    @Test
    void shouldTakeNoRequestForAnotherHostWhenToldSo() throws Exception {
        // Given
        int[] ports = FreePorts.next(3);
        start(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                "127.0.0.1:" + ports[0],
                "QUARKUS_HTTP_HOST",
                "0.0.0.0",
                "QUARKUS_HTTP_PORT",
                String.valueOf(ports[1]),
                "QUARKUS_MANAGEMENT_PORT",
                String.valueOf(ports[2]),
                variable("LOOPBACK_HOSTS"),
                "true"));
        await().atMost(PATIENCE).ignoreException(ConnectException.class).until(() -> get(ports[1], "/api/v1/simulator")
                .startsWith("200"));

        // When
        int status = given().baseUri("http://127.0.0.1:" + ports[1])
                .header("Host", "evil.example")
                .get("/api/v1/simulator")
                .statusCode();

        // Then
        assertThat(status).isEqualTo(421);
    }

    /** The environment variable of a setting. */
    protected String variable(String setting) {
        return prefix.toUpperCase(Locale.ROOT) + "_" + setting;
    }

    protected Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                ServiceUnderTest.command(ServiceUnderTest.build(), module, List.of("-Xmx128m", "-XX:+UseSerialGC")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    protected String log() throws IOException {
        return Files.readString(folder.resolve("log"), UTF_8);
    }

    protected static String get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
