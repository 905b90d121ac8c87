// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed records of topics in chunks for one explanation, on one thread that waits for the shared readers no longer than allowed.
 *
 * <p>When the time is up, each method throws a {@link BudgetExceededException} if it was spent mainly in reading, or a {@link ProblemException} 503
 * if more than half of it was spent in waiting for a reader.
 */
final class InputLog {

    /** Time after which a refused caller may ask again. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final int MAX_BYTES = 4 << 20;

    private final LogReaders readers;
    private final long maxRecords;
    private final Duration timeout;
    private final long opened = System.nanoTime();
    private final Map<String, TopicLayout> layouts = new HashMap<>();
    private volatile long started;

    /** Time that was spent in waiting for a reader, in ns. */
    private long queued;

    /** @param maxRecords maximum number of records to read, see {@link #plan} */
    InputLog(LogReaders readers, long maxRecords, Duration timeout) {
        this.readers = readers.onStart(() -> started = System.nanoTime());
        this.maxRecords = maxRecords;
        this.timeout = timeout;
    }

    long maxRecords() {
        return maxRecords;
    }

    /** Throws a {@link BudgetExceededException} if {@code offsets} are more than may be read. */
    void plan(long offsets) {
        if (offsets > maxRecords) {
            throw new BudgetExceededException(
                    "its inputs take %,d offsets; allowed are %,d".formatted(offsets, maxRecords));
        }
    }

    /** Time since the log was opened. */
    double seconds() {
        return (System.nanoTime() - opened) / 1_000_000 / 1e3;
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
        check();
        long asked = System.nanoTime();
        started = 0;
        try {
            T got = answer.await().atMost(left().plusMillis(1));
            queued += started - asked;
            check();
            return got;
        } catch (TimeoutException e) {
            queued += (started == 0 ? System.nanoTime() : started) - asked;
            check();
            throw e;
        }
    }

    private void check() {
        if (!left().isNegative()) {
            return;
        }
        if (queued > timeout.toNanos() / 2) {
            throw ProblemException.unavailable(
                    ProblemType.TOO_MANY_QUERIES,
                    "All readers of the log are busy; this result was not recomputed in %d ms"
                            .formatted(timeout.toMillis()),
                    RETRY_AFTER);
        }
        throw new BudgetExceededException("it took more than %d ms".formatted(timeout.toMillis()));
    }

    private Duration left() {
        return timeout.minusNanos(System.nanoTime() - opened);
    }
}
