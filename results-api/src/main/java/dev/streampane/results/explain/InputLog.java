// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The committed records of topics, read in chunks by one thread that waits for them. */
interface InputLog {

    /** Id, beginnings and committed ends of a topic; a topic that is not there has no partition. */
    TopicLayout layout(String topic);

    /** Per partition the first offset that was appended then or later. */
    long[] offsetsAt(String topic, Instant appended);

    /** Some records of one partition from {@code from} on, none at or behind {@code end}. */
    Chunk read(String topic, int partition, long from, long end);

    /**
     * All records of a range, which must be committed.
     *
     * @param read called after each chunk with the number of its records; it ends the reading by an exception
     */
    default void forEach(
            String topic,
            int partition,
            long from,
            long end,
            java.util.function.IntConsumer read,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        long at = from;
        while (at < end) {
            Chunk chunk = read(topic, partition, at, end);
            if (chunk.expired()) {
                throw new ExpiredException(topic, partition, at, chunk.next());
            }
            read.accept(chunk.records().size());
            chunk.records().forEach(records);
            at = chunk.next();
        }
    }
}
