// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed records of topics in chunks, on one thread that waits for the shared readers no longer than its budget allows. Each method
 * throws what {@link Budget#check} throws.
 */
final class InputLog {

    private static final int MAX_BYTES = 4 << 20;

    private final LogReaders readers;
    private final Budget budget;
    private final Map<String, TopicLayout> layouts = new HashMap<>();
    private volatile long started;

    InputLog(LogReaders readers, Budget budget) {
        this.readers = readers.onStart(() -> started = System.nanoTime());
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** Id, beginnings and committed ends of a topic, as they were at the first call; a topic that does not exist has no partitions. */
    TopicLayout layout(String topic) {
        return layouts.computeIfAbsent(topic, name -> await(readers.layout(name)));
    }

    /** The layouts of the topics that a result's records are in. */
    List<TopicLayout> layouts(PublishedResult result) {
        return result.topics().stream().map(this::layout).toList();
    }

    /** For each partition, the first offset that was appended at this time or later. */
    long[] offsetsAt(TopicLayout topic, Instant appended) {
        return await(readers.offsetsAt(topic, appended));
    }

    /** First offset of a partition that has not been deleted. */
    long beginning(TopicPartition partition) {
        return layout(partition.topic()).beginnings()[partition.partition()];
    }

    /** Committed end of a partition. */
    long end(TopicPartition partition) {
        return layout(partition.topic()).ends()[partition.partition()];
    }

    /** Some records of one partition, from {@code from} (inclusive) up to {@code end} (exclusive). */
    Chunk read(TopicPartition partition, long from, long end) {
        return await(readers.read(partition.topic(), partition.partition(), from, end, MAX_BYTES));
    }

    /**
     * Passes all records of a range of committed offsets to {@code records}.
     *
     * @throws NotRecomputedException when some records have expired
     */
    void forEach(TopicPartition partition, long from, long end, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        long at = from;
        while (at < end) {
            Chunk chunk = read(partition, at, end);
            if (chunk.expired()) {
                throw NotRecomputedException.expired(partition, at, chunk.next());
            }
            chunk.records().forEach(records);
            at = chunk.next();
        }
    }

    private <T> T await(Uni<T> answer) {
        budget.check();
        long asked = System.nanoTime();
        started = 0;
        try {
            T got = answer.await().atMost(budget.left().plusMillis(1));
            budget.queued(started - asked);
            budget.check();
            return got;
        } catch (TimeoutException e) {
            budget.queued((started == 0 ? System.nanoTime() : started) - asked);
            budget.check();
            throw e;
        }
    }
}
