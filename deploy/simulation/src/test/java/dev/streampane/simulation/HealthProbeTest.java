// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthProbeTest {

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean well = exchange.getRequestURI().getPath().equals("/q/health/ready");
            exchange.sendResponseHeaders(well ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldSayYesOnlyToOk() {
        // When, Then
        assertThat(HealthProbe.answers(port(), "/q/health/ready")).isTrue();
        assertThat(HealthProbe.answers(port(), "/q/health/live")).isFalse();
    }

    @Test
    void shouldSayNoWhenNothingListens() {
        // Given
        int port = port();
        server.stop(0);

        // When, Then
        assertThat(HealthProbe.answers(port, "/q/health/ready")).isFalse();
        assertThat(HealthProbe.answers(99_999, "/q/health/ready")).isFalse();
    }

    @Test
    void shouldSayNoWhenTheAnswerIsNotHttp() throws IOException {
        // Given
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answer = CompletableFuture.runAsync(() -> answer(other, "200\r\n"));

            // When
            boolean well = HealthProbe.answers(other.getLocalPort(), "/q/health/ready");

            // Then
            answer.join();
            assertThat(well).isFalse();
        }
    }

    private static void answer(ServerSocket server, String text) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write(text.getBytes(US_ASCII));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int port() {
        return server.getAddress().getPort();
    }
}
