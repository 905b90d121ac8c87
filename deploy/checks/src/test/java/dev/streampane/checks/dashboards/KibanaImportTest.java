// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import.sh} against a server that answers as Kibana's API does. */
class KibanaImportTest {

    private static final int OBJECTS = KibanaExport.objects().size();
    private static final String AVAILABLE =
            "{\"name\":\"kibana\",\"status\":{\"overall\":{\"level\":\"available\",\"summary\":\"All services and plugins are available\"}}}";
    private static final String STARTING =
            "{\"status\":{\"overall\":{\"level\":\"unavailable\",\"summary\":\"starting\"}}}";

    private final List<String> imports = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();
    private volatile int notYet;
    private volatile int importStatus = 200;
    private volatile String importAnswer = taken(OBJECTS);
    private HttpServer kibana;

    private record Ended(int code, String output) {}

    @BeforeEach
    void serve() throws IOException {
        kibana = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        kibana.createContext("/api/status", exchange -> {
            boolean available = notYet-- <= 0;
            answer(exchange, available ? 200 : 503, available ? AVAILABLE : STARTING);
        });
        kibana.createContext("/api/saved_objects/_import", exchange -> {
            headers.add(exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestURI().getQuery()
                    + " "
                    + exchange.getRequestHeaders().getFirst("kbn-xsrf")
                    + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            imports.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, importStatus, importAnswer);
        });
        kibana.start();
    }

    @AfterEach
    void stop() {
        kibana.stop(0);
    }

    @Test
    void shouldWaitForKibanaAndImportOverWhatIsThere() throws Exception {
        // Given
        notYet = 3;
        // When
        Ended ended = run(Map.of());
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains(OBJECTS + " objects are in");
        assertThat(headers).containsExactly("POST overwrite=true import null");
        assertThat(imports)
                .singleElement()
                .asString()
                .contains("name=\"file\"; filename=\"export.ndjson\"")
                .contains(Files.readString(KibanaExport.FOLDER.resolve("export.ndjson"))
                        .strip());
        assertThat(notYet).isEqualTo(-1);
    }

    @Test
    void shouldShowTheKeyToKibanaAlone(@TempDir Path folder) throws Exception {
        // Given
        Path key = Files.writeString(folder.resolve("key"), "c2VjcmV0\n");
        // When
        Ended ended = run(Map.of("KIBANA_API_KEY_FILE", key.toString()));
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(headers).containsExactly("POST overwrite=true import ApiKey c2VjcmV0");
        assertThat(ended.output()).doesNotContain("c2VjcmV0");
    }

    @Test
    void shouldSayThatKibanaDidNotBecomeAvailable() throws Exception {
        // Given
        notYet = 1_000_000;
        // When
        Ended ended = run(Map.of("KIBANA_PATIENCE", "1"));
        // Then
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.output()).contains("not available within 1 s", "starting");
        assertThat(imports).isEmpty();
    }

    @Test
    void shouldSayThatNobodyAnswers() throws Exception {
        // Given
        kibana.stop(0);
        // When
        Ended ended = run(Map.of("KIBANA_PATIENCE", "1"));
        // Then
        assertThat(ended.code()).isEqualTo(3);
    }

    @Test
    void shouldFailWhenAnObjectIsNotTaken() throws Exception {
        // Given
        importAnswer =
                "{\"successCount\":%d,\"success\":false,\"errors\":[{\"id\":\"streampane-weather-dashboard\",\"type\":\"dashboard\",\"error\":{\"type\":\"missing_references\"}}]}"
                        .formatted(OBJECTS - 1);
        // When
        Ended ended = run(Map.of());
        // Then
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.output()).contains("missing_references");
    }

    @Test
    void shouldFailWhenFewerAreTakenThanThereAre() throws Exception {
        // Given
        importAnswer = taken(OBJECTS - 1);
        // When
        Ended ended = run(Map.of());
        // Then
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.output()).contains((OBJECTS - 1) + " of " + OBJECTS + " objects were taken");
    }

    @Test
    void shouldFailWhenKibanaRefuses() throws Exception {
        // Given
        importStatus = 403;
        importAnswer = "{\"statusCode\":403,\"error\":\"Forbidden\",\"message\":\"no\"}";
        // When
        Ended ended = run(Map.of());
        // Then
        assertThat(ended.code()).isEqualTo(4);
        assertThat(ended.output()).contains("Forbidden");
    }

    @Test
    void shouldSayThatThereIsNothingToImport(@TempDir Path folder) throws Exception {
        // Given
        Path script = Files.copy(KibanaExport.FOLDER.resolve("import.sh"), folder.resolve("import.sh"));
        // When
        Ended ended = run(script, Map.of());
        // Then
        assertThat(ended.code()).isEqualTo(2);
    }

    private static String taken(int objects) {
        return "{\"successCount\":" + objects + ",\"success\":true,\"warnings\":[]}";
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Ended run(Map<String, String> settings) throws Exception {
        return run(KibanaExport.FOLDER.resolve("import.sh"), settings);
    }

    private Ended run(Path script, Map<String, String> settings) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true);
        builder.environment()
                .put("KIBANA_URL", "http://127.0.0.1:" + kibana.getAddress().getPort());
        builder.environment().put("KIBANA_PAUSE", "0.1");
        builder.environment().putAll(settings);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), output);
    }
}
