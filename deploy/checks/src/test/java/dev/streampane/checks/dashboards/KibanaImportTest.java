// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Installed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code import.sh} against a server that answers as Kibana's API does. */
class KibanaImportTest {

    private static final Path SCRIPT = KibanaTest.FOLDER.resolve("import.sh");
    private static final int OBJECTS = KibanaTest.objects().size();
    private static final String ALL = "{\"successCount\":%d,\"success\":true,\"warnings\":[]}";
    private static final String STATUS = "{\"status\":{\"overall\":{\"level\":\"%s\",\"summary\":\"%1$s\"}}}";

    private final List<String> imports = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();
    private volatile int notYet;
    private volatile int importStatus = 200;
    private volatile String importAnswer = ALL.formatted(OBJECTS);
    private HttpServer kibana;

    @BeforeEach
    void serve() throws IOException {
        kibana = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        kibana.createContext("/api/status", exchange -> {
            boolean available = notYet-- <= 0;
            answer(exchange, available ? 200 : 503, STATUS.formatted(available ? "available" : "starting"));
        });
        kibana.createContext("/api/saved_objects/_import", exchange -> {
            var sent = exchange.getRequestHeaders();
            headers.add("%s %s %s %s"
                    .formatted(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getQuery(),
                            sent.getFirst("kbn-xsrf"),
                            sent.getFirst("Authorization")));
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
        Ended ended = run(SCRIPT, Map.of());
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains(OBJECTS + " objects are in");
        assertThat(headers).containsExactly("POST overwrite=true import null");
        assertThat(imports)
                .singleElement()
                .asString()
                .contains("name=\"file\"; filename=\"export.ndjson\"")
                .contains(
                        Sources.text(KibanaTest.FOLDER.resolve("export.ndjson")).strip());
        assertThat(notYet).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "KIBANA_API_KEY_FILE, ApiKey c2VjcmV0",
        "KIBANA_PASSWORD_FILE, Basic ZWxhc3RpYzpjMlZqY21WMA==" // elastic:c2VjcmV0
    })
    void shouldShowASecretToKibanaAlone(String setting, String shown, @TempDir Path folder) throws Exception {
        // Given
        Path secret = Files.writeString(folder.resolve("secret"), "c2VjcmV0\n");
        // When
        Ended ended = run(SCRIPT, Map.of(setting, secret.toString()));
        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(headers).containsExactly("POST overwrite=true import " + shown);
        assertThat(ended.output()).doesNotContain("c2VjcmV0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1000000 | 200 | '' | 3 | not available within 1 s
                    0 | 200 | {"successCount":%d,"success":false,"errors":[{"type":"dashboard","error":{"type":"missing_references"}}]} | 5 | missing_references
                    0 | 200 | {"successCount":%d,"success":true,"warnings":[]} | 5 | %d of %d objects were taken
                    0 | 403 | {"statusCode":403,"error":"Forbidden","message":"no"} | 4 | Forbidden
                    """)
    void shouldFailWhenNotAllIsTaken(int notYet, int status, String answer, int code, String said) throws Exception {
        // Given
        this.notYet = notYet;
        importStatus = status;
        importAnswer = answer.formatted(OBJECTS - 1);
        // When
        Ended ended = run(SCRIPT, Map.of("KIBANA_PATIENCE", "1"));
        // Then
        assertThat(ended.code()).isEqualTo(code);
        assertThat(ended.output()).contains(said.formatted(OBJECTS - 1, OBJECTS));
        assertThat(imports).hasSize(notYet == 0 ? 1 : 0);
    }

    @Test
    void shouldSayThatNobodyAnswers() throws Exception {
        // Given
        kibana.stop(0);
        // When
        Ended ended = run(SCRIPT, Map.of("KIBANA_PATIENCE", "1"));
        // Then
        assertThat(ended.code()).isEqualTo(3);
    }

    @Test
    void shouldSayThatThereIsNothingToImport(@TempDir Path folder) throws Exception {
        // Given
        Path script = Files.copy(SCRIPT, folder.resolve("import.sh"));
        // When
        Ended ended = run(script, Map.of());
        // Then
        assertThat(ended.code()).isEqualTo(2);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Ended run(Path script, Map<String, String> settings) throws Exception {
        Installed.require("curl", "curl");
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString());
        builder.environment()
                .put("KIBANA_URL", "http://127.0.0.1:" + kibana.getAddress().getPort());
        builder.environment().put("KIBANA_PAUSE", "0.1");
        builder.environment().putAll(settings);
        return Tools.end(builder);
    }
}
