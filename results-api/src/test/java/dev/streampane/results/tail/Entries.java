// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.Fixtures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Entries of a tail, made of records as they are in the log. */
public final class Entries {

    private Entries() {}

    /** A value at a place that does not matter. */
    static Optional<TailEntry> decode(TailEntry.Kind kind, byte[] value) {
        return TailEntry.decode(kind, found("window-results", 1, 2, 0, value));
    }

    /** A result in the topic {@code window-results}. */
    public static TailEntry result(int partition, long offset, Instant appended, String result) {
        return TailEntry.decode(
                        TailEntry.Kind.WINDOW,
                        found(
                                "window-results",
                                partition,
                                offset,
                                appended.toEpochMilli(),
                                result.getBytes(StandardCharsets.UTF_8)))
                .orElseThrow();
    }

    /** A result of a key of its own. */
    static TailEntry result(int partition, long offset) {
        return result(
                partition, offset, Fixtures.SIX, Fixtures.result("job", partition + "-" + offset % 10, Fixtures.SIX));
    }

    /** An alert in partition 0 of the topic {@code alerts}. */
    public static TailEntry alert(long offset, Path file) {
        return TailEntry.decode(TailEntry.Kind.ALERT, found("alerts", 0, offset, 0, Fixtures.bytes(file)))
                .orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> found(
            String topic, int partition, long offset, long appended, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                appended,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
