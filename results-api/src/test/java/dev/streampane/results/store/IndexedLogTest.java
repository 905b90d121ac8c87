// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.streampane.results.Settings;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Vetoed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is thought to be visible of an Elasticsearch that is slow, or that was emptied. */
class IndexedLogTest {

    private static final Duration LONG = Duration.ofSeconds(8);

    private final CountDownLatch over = new CountDownLatch(1);
    private FakeElasticsearch elasticsearch;
    private IndexedLog indexed;
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger refreshes = new AtomicInteger();
    private volatile boolean silent;
    private volatile List<Long> acknowledged = List.of();

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch();
        elasticsearch.answer(this::answer);
        lookAgainAfter(Duration.ofHours(1));
    }

    private void lookAgainAfter(Duration time) {
        indexed = new IndexedLog(elasticsearch.client("20s", new SimpleMeterRegistry()), new FullLog(), time);
    }

    /** A log with a record at every offset below a hundred, and transaction markers from there on. */
    @Vetoed
    private static final class FullLog extends LogReaders {
        FullLog() {
            super(null, Settings.with(Map.of()));
        }

        @Override
        public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
            ConsumerRecord<byte[], byte[]> one = new ConsumerRecord<>(topic, partition, from, null, null);
            Chunk found = from < 100 ? new Chunk(List.of(one), from, false) : new Chunk(List.of(), end, false);
            return Uni.createFrom().item(found);
        }
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        elasticsearch.close();
    }

    @Test
    void shouldWaitNoLongerThanItWasAskedTo() {
        // Given
        silent = true;
        long begin = System.nanoTime();
        // When
        boolean shown = shows(Duration.ofMillis(200), 3, 4);
        // Then
        assertThat(shown).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
    }

    @Test
    void shouldRememberWhatIsVisible() {
        // Given
        acknowledged = List.of(3L, 4L);
        // When
        for (int query = 0; query < 100; query++) {
            assertThat(shows(Duration.ofSeconds(5), 3, 4)).isTrue();
        }
        // Then
        assertThat(looks).hasValue(1);
        assertThat(refreshes).hasValue(1);
    }

    @Test
    void shouldNotWaitForMarkersThatAreNeverAcknowledged() {
        acknowledged = List.of(100L, 101L);
        assertThat(shows(Duration.ofSeconds(5), 102, 102)).isTrue();
        assertThat(shows(Duration.ofMillis(100), 102, 102, 1)).isFalse();
    }

    @Test
    void shouldLookAgainWithoutRefreshingThoughMoreIsAcknowledged() {
        // Given
        lookAgainAfter(Duration.ofMillis(10));
        acknowledged = List.of(3L, 4L);
        // When: more comes all the time, of which nobody asks
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(shows(Duration.ofSeconds(5), 3, 4)).isTrue();
            acknowledged = List.of(3L + looks.get(), 4L);
            return looks.get() > 10;
        });
        // Then
        assertThat(refreshes).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 4", "4, 0"})
    void shouldForgetWhatWasVisibleOnceAcknowledgedPositionsGoBack(long one, long other) {
        // Given
        lookAgainAfter(Duration.ofMillis(100));
        acknowledged = List.of(3L, 4L);
        assertThat(shows(Duration.ofSeconds(5), 3, 4)).isTrue();
        // When: the indices are deleted, and written again from the log
        acknowledged = List.of(one, other);
        // Then: until it has looked again, and soon after, for no longer does it say what it knows
        await().untilAsserted(() -> {
            assertThat(shows(Duration.ofMillis(200), 3, 4)).isFalse();
            assertThat(indexed.visible("results"))
                    .hasValueSatisfying(known -> assertThat(known.offsets()).containsExactly(one, other));
        });
        // When
        int before = refreshes.get();
        acknowledged = List.of(5L, 5L);
        // Then
        assertThat(shows(Duration.ofSeconds(5), 3, 4)).isTrue();
        assertThat(refreshes).hasValueGreaterThan(before);
    }

    private boolean shows(Duration wait, long... offsets) {
        return indexed.shows(new TopicPosition("results", "life", offsets), wait)
                .await()
                .atMost(LONG);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            if (silent) {
                over.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean documents = exchange.getRequestURI().getPath().endsWith("/_mget");
        (documents ? looks : refreshes).incrementAndGet();
        FakeElasticsearch.send(exchange, 200, documents ? documents() : "{}");
    }

    private String documents() {
        return acknowledged.stream()
                .map(offset -> "{\"found\":true,\"_source\":{\"offset\":" + offset + "}}")
                .collect(Collectors.joining(",", "{\"docs\":[", "]}"));
    }
}
