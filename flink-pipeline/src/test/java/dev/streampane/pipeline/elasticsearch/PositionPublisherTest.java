// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.job.BackOff;
import dev.streampane.pipeline.testing.LoggedLines;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionPublisherTest {

    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final LogPositions positions = new LogPositions();
    private final TestProcessingTimeService clock = new TestProcessingTimeService();
    private final MailboxExecutorImpl mailbox =
            new MailboxExecutorImpl(new TaskMailboxImpl(), 0, StreamTaskActionExecutor.IMMEDIATE);

    @Test
    void shouldWarnOfAnOutageAfterTheClockWasSetBack() throws Exception {
        // Given
        var status = new AtomicInteger(503);
        clock.setCurrentTime(HOUR);
        try (var logged = new LoggedLines(PositionPublisher.class);
                var stub = new StubElasticsearch(actions -> StubElasticsearch.each(actions, action -> status.get()));
                var client = new ElasticsearchClient(StubElasticsearch.access(stub.url()))) {
            var publisher = publisher(client);
            move(0);
            publisher.publish();
            mailbox.yield();
            status.set(201);
            clock.advance(200);
            mailbox.yield();
            assertThat(logged.lines()).hasSize(1);
            // When
            clock.setCurrentTime(0);
            status.set(503);
            move(1);
            publisher.publish();
            mailbox.yield();
            // Then
            assertThat(logged.lines()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"403, security_exception", "400, strict_dynamic_mapping_exception"})
    void shouldTryAgainWhatIsNotTakenAndCountTheTriesThatFailed(int status, String type) throws Exception {
        // Given
        var refusal = new AtomicReference<>("""
                {"items":[{"index":{"status":%d,"error":{"type":"%s"}}}]}""".formatted(status, type));
        try (var stub = new StubElasticsearch(actions -> new StubElasticsearch.Answer(200, refusal.get()));
                var client = new ElasticsearchClient(StubElasticsearch.access(stub.url()))) {
            var publisher = publisher(client);
            move(0);
            // When
            publisher.publish();
            mailbox.yield();
            // Then
            assertThat(publisher.failures()).isEqualTo(1);
            assertThat(positions.documents()).hasSize(1);
            // When
            refusal.set("{\"items\":[{\"index\":{\"status\":201}}]}");
            clock.advance(200);
            mailbox.yield();
            // Then
            assertThat(publisher.failures()).isZero();
            assertThat(positions.documents()).isEmpty();
        }
    }

    private PositionPublisher publisher(ElasticsearchClient client) {
        return new PositionPublisher(
                positions,
                new BulkIndexer(client),
                new TaskThread(mailbox, clock, failure -> {}),
                new BackOff(Duration.ofMillis(100), Duration.ofMillis(100)));
    }

    private void move(long offset) {
        var record = new Fetched("window-results", "epoch", 0, offset, 0, null, null, null);
        positions.seen(record);
        positions.acknowledged(record);
    }
}
