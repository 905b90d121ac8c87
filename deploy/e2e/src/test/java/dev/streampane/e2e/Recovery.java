// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The time from the end of a process to the next result that is committed. */
final class Recovery {

    private static final Duration GIVEN_UP = Duration.ofMinutes(2);

    private Recovery() {}

    /** Publishes on, for results only come of new records, and measures until one that was appended after the kill is visible. */
    static Duration untilTheNextResult(Up up, Feed feed, Load load, Instant killed) {
        await("the next result after the kill")
                .atMost(GIVEN_UP)
                .pollInterval(Duration.ofMillis(200))
                .until(
                        () -> {
                            load.publish(Duration.ofSeconds(1));
                            return TopicContent.committed(up.bootstrapServers(), "window-results")
                                    .stream()
                                    .anyMatch(record -> isAfter(feed, killed, record));
                        });
        return Duration.between(killed, Instant.now());
    }

    private static boolean isAfter(
            Feed feed, Instant killed, ConsumerRecord<byte[], byte[]> result) {
        return result.timestamp() > killed.toEpochMilli()
                && Outcome.json(result.value()).path("job").asText().equals(feed.job());
    }
}
