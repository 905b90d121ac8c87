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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asks a results-api with two windows, the first of them different. */
class ExplainCommandTest {

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
        var out = new StringWriter();
        var err = new StringWriter();

        // When
        int code = Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(
                        "explain",
                        "weather-average",
                        "--json",
                        "--url",
                        "http://127.0.0.1:" + results.getAddress().getPort());

        // Then
        assertThat(err.toString()).isEmpty();
        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines()).containsExactly("{\"verdict\":\"different\"}", "{\"verdict\":\"equal\"}");
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
