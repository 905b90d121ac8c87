// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks a results-api with two windows, the first of them different. */
class ExplainCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer results;

    @BeforeEach
    void startServer() throws IOException {
        results = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        results.createContext("/api/v1/windows", exchange -> answer(exchange, 200, """
                {"items":[{"links":{"explain":"/one"}},{"links":{"explain":"/two"}}],"next":null}"""));
        results.createContext("/one", exchange -> answer(exchange, 200, "{\"verdict\":\"different\"}"));
        results.start();
    }

    @AfterEach
    void stopServer() {
        results.stop(0);
    }

    @Test
    void shouldAskAgainAfterTooManyRequests() {
        // Given
        var asked = new AtomicInteger();
        results.createContext("/two", exchange -> {
            if (asked.incrementAndGet() == 1) {
                answer(exchange, 429, "{\"detail\":\"too much\"}");
            } else {
                answer(exchange, 200, "{\"verdict\":\"equal\"}");
            }
        });

        // When
        int code = explain("--json");

        // Then
        assertThat(err.toString()).isEmpty();
        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines()).containsExactly("{\"verdict\":\"different\"}", "{\"verdict\":\"equal\"}");
    }

    @Test
    void shouldShowHowFarItIsWithinTheTerminal() {
        // Given
        results.createContext("/two", exchange -> answer(exchange, 200, "{\"verdict\":\"equal\"}"));
        System.setProperty("streampane.columns", "30");
        try {
            // When
            explain("--from", "2026-11-20T06:00:00Z", "--to", "2026-11-20T07:00:00Z");
        } finally {
            System.clearProperty("streampane.columns");
        }

        // Then
        assertThat(out.toString())
                .startsWith("\r1 of 2 windows: {different=1}\u001b[K"
                        + "\r2 of 2 windows: {different=1…\u001b[K\r\u001b[Kexplained 2 windows of weather-average");
    }

    @Test
    void shouldTakeTheProgressAwayBeforeItSaysWhatIsWrong() {
        // Given
        results.createContext("/two", exchange -> answer(exchange, 500, "{\"detail\":\"broken\"}"));
        System.setProperty("streampane.columns", "40");
        int code;
        try {
            // When
            code = explain();
        } finally {
            System.clearProperty("streampane.columns");
        }

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().strip()).isEqualTo("streampane: broken");
        assertThat(out.toString()).isEqualTo("\r1 of 2 windows: {different=1}\u001b[K\r\u001b[K");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key:  a.SECRET\nline: x", "SECRET\u0001", "SECRET SECRET"})
    void shouldNotShowWhatAFileHoldsThatIsNoKey(String content, @TempDir Path folder) throws IOException {
        // Given
        Path key = Files.writeString(folder.resolve("key"), content);

        // When
        int code = explain("--api-key-file", key.toString());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--api-key-file", "one line").doesNotContain("SECRET");
    }

    private int explain(String... options) {
        String url = "http://127.0.0.1:" + results.getAddress().getPort();
        return Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of("explain", "weather-average", "--url", url), Stream.of(options))
                        .toArray(String[]::new));
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
