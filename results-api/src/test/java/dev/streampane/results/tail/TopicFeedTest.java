// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Logged;
import dev.streampane.results.log.TopicLayout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFeedTest {

    @ParameterizedTest
    @CsvSource({"4, 0", "400, 1"})
    void shouldSayThatPositionsInManyPartitionsCannotBeRead(int partitions, int warnings) {
        // Given
        TopicRetention kept = new TopicRetention("results", TailEntry.Kind.WINDOW, 10, 1 << 20, Duration.ofHours(1));
        TopicFeed feed = new TopicFeed(
                new Tail(List.of(kept)), kept, "results", () -> {}, entry -> {}, () -> {}, new SimpleMeterRegistry());
        long[] ends = new long[partitions];
        Arrays.fill(ends, 123_456_789_012L);
        feed.start(new TopicLayout("results", "id", ends, ends), ends);
        try (Logged log = new Logged(TopicFeed.class)) {
            // When
            feed.caughtUp();
            // Then
            assertThat(log.lines())
                    .hasSize(warnings)
                    .allMatch(line -> line.startsWith("WARN Streams cannot be resumed"));
        }
    }

    @Test
    void shouldLoadAgainWhatIsCutOffThoughMoreHasBeenWrittenSince() {
        // Given
        TopicRetention kept = new TopicRetention("results", TailEntry.Kind.WINDOW, 10, 1 << 20, Duration.ofHours(1));
        AtomicInteger anew = new AtomicInteger();
        TopicFeed feed = new TopicFeed(
                new Tail(List.of(kept)),
                kept,
                "results",
                anew::incrementAndGet,
                entry -> {},
                () -> {},
                new SimpleMeterRegistry());
        feed.start(new TopicLayout("results", "id", new long[1], new long[] {9}), new long[1]);
        feed.read(ConsumerRecords.empty(), new long[] {9});
        feed.caughtUp();
        TopicLayout later = new TopicLayout("results", "id", new long[1], new long[] {12});
        assertThat(feed.start(later, new long[1])).containsExactly(9);
        // When
        feed.cutOff();
        // Then
        assertThat(feed.start(later, new long[1])).containsExactly(2);
        assertThat(anew).hasValue(2);
    }
}
