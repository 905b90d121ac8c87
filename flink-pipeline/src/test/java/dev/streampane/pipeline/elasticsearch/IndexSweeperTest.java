// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.streampane.pipeline.testing.LoggedLines;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.junit.jupiter.api.Test;

class IndexSweeperTest {

    private final TestProcessingTimeService clock = new TestProcessingTimeService();
    private final MailboxExecutorImpl mailbox =
            new MailboxExecutorImpl(new TaskMailboxImpl(), 0, StreamTaskActionExecutor.IMMEDIATE);

    @Test
    void shouldKeepAnIndexWhoseDocumentsNotAllShardsHaveCountedAndLookAgain() throws Exception {
        // Given
        var asked = new CopyOnWriteArrayList<String>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(exchange.getRequestMethod() + ' ' + path);
            String answer = path.startsWith("/_cat")
                    ? "[{\"index\":\"alerts-2020.01\"}]"
                    : "{\"count\":0,\"_shards\":{\"failed\":" + (path.endsWith("_count") ? 1 : 0) + "}}";
            byte[] body = answer.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        clock.setCurrentTime(System.currentTimeMillis());
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var logged = new LoggedLines(IndexSweeper.class);
                var client = new ElasticsearchClient(StubElasticsearch.access(url))) {
            // When
            new IndexSweeper(
                            List.of(new IndexRetention("alerts", false, Duration.ofDays(30))),
                            client,
                            new TaskThread(mailbox, clock, failure -> {}))
                    .start();
            // Then
            await().until(() -> !logged.lines().isEmpty() || asked.contains("DELETE /alerts-2020.01"));
            assertThat(asked).doesNotContain("DELETE /alerts-2020.01");
            // When
            clock.advance(Duration.ofHours(1).toMillis());
            // Then
            await().until(() -> logged.lines().size() == 2);
        } finally {
            server.stop(0);
        }
    }
}
