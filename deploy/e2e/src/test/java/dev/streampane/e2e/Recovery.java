// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;

import dev.streampane.local.log.CommittedLog;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** The time from the end of a process to the next result that is committed. */
final class Recovery {

    private static final Duration POLL = Duration.ofMillis(300);

    private Recovery() {}

    /** Publishes on, for results only come of new records, and measures until one that was appended after the kill is visible. */
    static Duration untilTheNextResult(Up up, Feed feed, Load load, Instant killed) {
        try (KafkaConsumer<byte[], byte[]> results =
                CommittedLog.reader(up.bootstrapServers(), "window-results", "read_committed")) {
            await("the next result after the kill")
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        load.publish(Duration.ofSeconds(1));
                        return isAnyAfter(feed, killed, results.poll(POLL));
                    });
            return Duration.between(killed, Instant.now());
        }
    }

    private static boolean isAnyAfter(Feed feed, Instant killed, ConsumerRecords<byte[], byte[]> results) {
        for (ConsumerRecord<byte[], byte[]> result : results) {
            if (isAfter(feed, killed, result)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAfter(Feed feed, Instant killed, ConsumerRecord<byte[], byte[]> result) {
        return result.timestamp() > killed.toEpochMilli()
                && Outcome.json(result.value()).path("job").asText().equals(feed.job());
    }
}
