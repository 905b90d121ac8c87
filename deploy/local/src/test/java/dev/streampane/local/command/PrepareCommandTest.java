// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.streampane.local.server.Certificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates for a server that speaks TLS, and with nobody but who has the key. */
class PrepareCommandTest {

    private static final String KEY = "geheim==";

    @TempDir
    static Path folder;

    private static Certificates certificates;
    private static HttpsServer server;
    private static final List<String> PUT = new CopyOnWriteArrayList<>();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startServer() throws Exception {
        certificates = Certificates.make(folder, "password");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.context(Certificates.SERVER)));
        server.createContext("/", PrepareCommandTest::answer);
        server.start();
    }

    @AfterAll
    static void stopServer() {
        server.stop(0);
    }

    @BeforeEach
    void forget() {
        PUT.clear();
    }

    @Test
    void shouldPutTemplatesWithTheKeyWhereTheAuthorityIsBelieved() throws IOException {
        // When
        int code = prepare(url("https"), "--elasticsearch-ca-file=" + certificates.authority(), keyFile(KEY));

        // Then
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString().strip()).isEqualTo("index templates: put");
        assertThat(PUT)
                .contains("/_component_template/window-document", "/_index_template/audit", "/alerts-2026.11/_mapping");
    }

    @Test
    void shouldSayThatTheKeyIsNotTaken() throws IOException {
        // When
        int code = prepare(url("https"), "--elasticsearch-ca-file=" + certificates.authority(), keyFile("heimlich"));

        // Then
        assertThat(code).isEqualTo(3);
        assertThat(err.toString())
                .contains("Elasticsearch does not take the index templates", ": 401 ")
                .doesNotContain("heimlich");
    }

    @Test
    void shouldNotBelieveWhomTheJvmDoesNot() throws IOException {
        // When
        int code = prepare(url("https"), keyFile(KEY));

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString()).contains("Elasticsearch does not take the index templates");
        assertThat(PUT).isEmpty();
    }

    @Test
    void shouldSendNoKeyThatOthersCanRead() throws IOException {
        // When
        int code = prepare(url("http"), keyFile(KEY));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("is not allowed; allowed is https with --elasticsearch-api-key-file");
    }

    @Test
    void shouldRefuseFilesThatHoldNoCertificateOrNoKey() throws IOException {
        // Given
        Path empty = Files.createFile(folder.resolve("empty"));

        // When
        int authority = prepare(url("https"), "--elasticsearch-ca-file=" + empty);
        int key = prepare(url("https"), "--elasticsearch-api-key-file=" + empty);
        int missing = prepare(url("https"), "--elasticsearch-api-key-file=/nowhere/key");

        // Then
        assertThat(List.of(authority, key, missing)).containsOnly(2);
        assertThat(err.toString())
                .contains(
                        "--elasticsearch-ca-file: '" + empty + "' is not allowed; allowed is",
                        "--elasticsearch-api-key-file: '" + empty + "' is not allowed; allowed is",
                        "--elasticsearch-api-key-file: '/nowhere/key' is not allowed");
    }

    @Test
    void shouldSayWhatKafkasClientDoesNotTake() throws IOException {
        // Given
        Path file = Files.writeString(
                folder.resolve("kafka.properties"), "security.protocol=SSL\nssl.truststore.location=/nowhere\n");

        // When
        int code = prepare("--bootstrap-servers=127.0.0.1:1", "--kafka-config=" + file);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--bootstrap-servers: '127.0.0.1:1' with --kafka-config '" + file + "' is not allowed",
                        "/nowhere");
    }

    @Test
    void shouldSayThatNobodyLogsInWhereTheServerOfTokensIsAway() throws IOException {
        // Given
        String tokens = "http://127.0.0.1:1/token";
        Path file = Files.writeString(folder.resolve("kafka.properties"), """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=OAUTHBEARER
                sasl.login.retry.backoff.ms=1
                sasl.login.retry.backoff.max.ms=1
                sasl.oauthbearer.token.endpoint.url=%s
                sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
                  clientId="streampane" clientSecret="geheim";
                """.formatted(tokens));
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", tokens);
        int code;
        try {
            // When
            code = prepare("--bootstrap-servers=127.0.0.1:1", "--kafka-config=" + file);
        } finally {
            System.clearProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls");
        }

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().strip())
                .startsWith("streampane: cannot log in with --kafka-config " + file + ": ")
                .doesNotContain("--bootstrap-servers", "geheim", "\n");
    }

    private int prepare(String... options) {
        List<String> arguments = new ArrayList<>(List.of("prepare"));
        arguments.addAll(Arrays.asList(options));
        return Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    private static String url(String scheme) {
        return "--elasticsearch=" + scheme + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    private static String keyFile(String key) throws IOException {
        return "--elasticsearch-api-key-file=" + Files.writeString(folder.resolve("key"), key + "\n");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String shown = exchange.getRequestHeaders().getFirst("Authorization");
            if (("ApiKey " + KEY).equals(shown)) {
                boolean put = exchange.getRequestMethod().equals("PUT");
                if (put) {
                    PUT.add(exchange.getRequestURI().getPath());
                }
                byte[] mappings = "{\"alerts-2026.11\":{\"mappings\":{}}}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, put ? -1 : mappings.length);
                exchange.getResponseBody().write(put ? new byte[0] : mappings);
            } else {
                exchange.sendResponseHeaders(401, -1);
            }
        }
    }
}
