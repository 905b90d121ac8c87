// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Logged;
import dev.streampane.results.log.TopicLayout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
}
