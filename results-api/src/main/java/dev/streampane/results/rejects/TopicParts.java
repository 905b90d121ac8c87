// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;

/** Parts of topics, {@code read_committed}; calls complete on any thread, and fail when the broker does not answer. */
interface TopicParts {

    /** The topic as it is now; nothing when there is none of that name. */
    Uni<Optional<TopicLayout>> layout(String topic);

    /**
     * About {@code maxBytes} of records of {@code [from, end)} from its beginning on: everything that is there below {@code next} and not below
     * {@code from}, as it lies.
     */
    Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes);

    /** Per partition the first offset whose record was appended at {@code appended} or later; the end where there is none. */
    Uni<long[]> offsetsAt(String topic, Instant appended);
}
