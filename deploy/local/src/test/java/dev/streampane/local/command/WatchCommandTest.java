// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Watches a server that has no stream, which no other connection changes. */
@Timeout(120)
class WatchCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"detail":"job: 'x' is unknown"} | answers 404: job: 'x' is unknown
                    <html>Not found</html>           | answers 404, which is no answer of results-api
                    ``                               | answers 404, which is no answer of results-api
                    """)
    void shouldEndWhereThereIsNoStream(String body, String message) {
        // Given
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] text = body.getBytes(UTF_8);
                exchange.sendResponseHeaders(404, text.length == 0 ? -1 : text.length);
                exchange.getResponseBody().write(text);
            }
        });

        // When
        int code = watch();

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().strip()).endsWith(message).doesNotContain("\n");
    }

    @Test
    void shouldSayOnceThatTheConnectionIsLost() {
        // Given
        var asked = new AtomicInteger();
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(asked.incrementAndGet() < 3 ? 503 : 404, -1);
            }
        });

        // When
        watch();

        // Then
        assertThat(err.toString().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("streampane: connection lost (")
                .contains("503")
                .endsWith("), trying again");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    301 | Location     | https://x/      | answers 301 with Location https://x/, which is no event stream
                    200 | Content-Type | text/html       | answers 200 with Content-Type text/html, which is no event stream
                    """)
    void shouldEndWhereSomethingElseAnswers(int status, String header, String value, String message) {
        // Given
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set(header, value);
                exchange.sendResponseHeaders(status, -1);
            }
        });

        // When
        int code = watch();

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().strip()).endsWith(message).doesNotContain("\n");
    }

    @Test
    void shouldFollowNoRedirectWithItsKey() throws IOException {
        // Given
        Path key = Files.writeString(folder.resolve("key"), "a.SECRET\n");
        List<String> heard = new CopyOnWriteArrayList<>();
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            try (exchange) {
                heard.add(exchange.getRequestHeaders().getFirst("Authorization"));
                exchange.sendResponseHeaders(404, -1);
            }
        });
        other.start();
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders()
                        .set(
                                "Location",
                                "http://127.0.0.1:" + other.getAddress().getPort() + "/");
                exchange.sendResponseHeaders(302, -1);
            }
        });

        // When
        int code;
        try {
            code = watch("--api-key-file=" + key);
        } finally {
            other.stop(0);
        }

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("answers 302");
        assertThat(heard).isEmpty();
    }

    @Test
    void shouldNotShowWhatAFileHoldsThatIsNoKey() throws IOException {
        // Given
        Path key = Files.writeString(folder.resolve("key"), "key:  a.SECRET\nline: x");

        // When
        int code = watch("--api-key-file=" + key);

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--api-key-file", "one line").doesNotContain("SECRET");
    }

    private int watch(String... options) {
        String url = "--url=http://127.0.0.1:" + server.getAddress().getPort();
        return Streampane.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(Stream.concat(Stream.of("watch", url), Stream.of(options))
                        .toArray(String[]::new));
    }
}
