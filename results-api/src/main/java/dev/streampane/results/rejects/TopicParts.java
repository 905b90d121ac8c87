// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Parts of topics, {@code read_committed}; calls complete on any thread, and fail when the broker does not answer. */
interface TopicParts {

    /**
     * Committed records of one partition, as they lie.
     *
     * @param records in the order of their offsets
     * @param next the offset from which to read on: everything that is there below it, and not below where the part began, is in {@code
     *     records}
     */
    record Part(List<ConsumerRecord<byte[], byte[]>> records, long next) {}

    /** The topic as it is now; nothing when there is none of that name. */
    Uni<Optional<TopicLayout>> layout(String topic);

    /** About {@code maxBytes} of records of {@code [from, end)} from its beginning on. */
    Uni<Part> read(String topic, int partition, long from, long end, int maxBytes);

    /** Per partition the first offset whose record was appended at {@code appended} or later; the end where there is none. */
    Uni<long[]> offsetsAt(String topic, Instant appended);
}
