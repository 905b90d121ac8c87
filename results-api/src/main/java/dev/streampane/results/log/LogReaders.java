// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.ReaderPool.Clients;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A few shared consumers ({@code results.catch-up-readers}) for reads of topic ranges that are not in memory: streams that resume far back, dead
 * letters, recomputations.
 *
 * <p>Each call is one bounded piece of work for one consumer. Calls wait in a queue in which callers take turns. So a consumer is occupied only
 * while it reads, whatever the number of clients and however slowly they take their data. Items are emitted on the consumer's thread; a caller
 * that needs another thread has to switch. A call fails with 503 when the broker does not answer within about eight seconds, and when the
 * process ends.
 */
@ApplicationScoped
public class LogReaders implements AutoCloseable {

    /**
     * A range of one partition.
     *
     * @param records committed records, ordered by offset; may be empty although more follow after {@code next}
     * @param next offset from which to read on; the {@code from} of the call when nothing is committed there yet
     * @param expired whether the offset asked for has been deleted; then {@code next} is the first offset that is left
     * @param following offset of the next record that is known; it may lie far after {@code next} when the records between were compacted away or
     *     aborted
     */
    public record Chunk(List<ConsumerRecord<byte[], byte[]>> records, long next, boolean expired, long following) {

        public Chunk(List<ConsumerRecord<byte[], byte[]>> records, long next, boolean expired) {
            this(records, next, expired, next);
        }
    }

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(8);

    /** The caller of readers without a principal: this process itself. */
    private static final String NOBODY = "";

    private final ReaderPool pool;
    private final String caller;
    private final Runnable begun;
    private final Optional<Duration> longest;

    @Inject
    public LogReaders(KafkaAccess kafka, ResultsConfig config) {
        this(kafka, "results-api-reader", config.catchUpReaders());
    }

    /** @param name prefix of the names of threads and clients, which are numbered */
    LogReaders(KafkaAccess kafka, String name, int readers) {
        this(new ReaderPool(kafka, name, readers), NOBODY, () -> {}, Optional.empty());
    }

    private LogReaders(ReaderPool pool, String caller, Runnable begun, Optional<Duration> longest) {
        this.pool = pool;
        this.caller = caller;
        this.begun = begun;
        this.longest = longest;
    }

    /** The same readers; {@code whenBegun} is called on a reader's thread when a call begins to run. */
    public LogReaders onStart(Runnable whenBegun) {
        return new LogReaders(pool, caller, whenBegun, longest);
    }

    /** The same readers for calls of one principal, which takes turns with others: its calls queue up behind its own ones only. */
    public LogReaders of(String principal) {
        return new LogReaders(pool, principal, begun, longest);
    }

    /** The principal of the calls; empty for this process itself. */
    public String caller() {
        return caller;
    }

    /** The same readers; calls fail with 503 when they take longer than {@code time}, their time in the queue included. */
    public LogReaders within(Duration time) {
        return new LogReaders(pool, caller, begun, Optional.of(time));
    }

    /**
     * Runs {@code task}, and again after a timeout, until {@link #ANSWER} has passed: requests about a partition are never answered when its topic
     * was deleted after it was described.
     */
    private <T> Uni<T> call(Function<Clients, T> task) {
        Uni<T> answer = pool.call(caller, clients -> {
            begun.run();
            long deadline = System.nanoTime() + ANSWER.toNanos();
            while (true) {
                try {
                    return task.apply(clients);
                } catch (TimeoutException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                }
            }
        });
        return longest.map(time -> answer.ifNoItem().after(time).failWith(ReaderPool::away))
                .orElse(answer);
    }

    void stop(@Observes @Priority(3_000) ShutdownEvent event) {
        close();
    }

    /** Interrupts running calls, fails waiting ones, and closes all clients, within about five seconds. */
    @Override
    public void close() {
        pool.close();
    }

    int waiting() {
        return pool.waiting();
    }

    /** Id, beginnings and committed ends of a topic; a topic that does not exist has an empty id and no partitions. */
    public Uni<TopicLayout> layout(String topic) {
        return call(clients -> layout(topic, clients));
    }

    /** Per partition, the first offset that was appended at {@code since} or later; the committed end where there is none. */
    public Uni<long[]> offsetsAt(String topic, Instant since) {
        return call(clients -> layout(topic, clients).appendedSince(clients.consumer(), since));
    }

    /** The same, but never after the ends of {@code topic}; these ends when the topic no longer exists. */
    public Uni<long[]> offsetsAt(TopicLayout topic, Instant since) {
        return call(clients -> {
            try {
                return topic.appendedSince(clients.consumer(), since);
            } catch (TimeoutException e) {
                if (isThere(topic.name(), topic.topicId(), clients)) {
                    throw e;
                }
                return topic.ends();
            }
        });
    }

    /**
     * Committed records of one partition with {@code from <= offset < end}: those of one fetch, at most about {@code maxBytes}, but at least one
     * record where there is one.
     */
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        return call(clients -> read(clients, new TopicPartition(topic, partition), from, end, maxBytes));
    }

    /** The same for the topic with id {@code topicId}; empty when the name now belongs to another topic, or to none. */
    public Uni<Optional<Chunk>> read(String topic, String topicId, int partition, long from, long end, int maxBytes) {
        return call(clients -> {
            Chunk chunk = read(clients, new TopicPartition(topic, partition), from, end, maxBytes);
            // ids are never reused: a topic that exists now also existed during the read
            return isThere(topic, topicId, clients) ? Optional.of(chunk) : Optional.empty();
        });
    }

    private static Chunk read(Clients clients, TopicPartition partition, long from, long end, int maxBytes) {
        Consumer<byte[], byte[]> consumer = clients.consumer();
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + ANSWER.toNanos();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try {
            long bytes = 0;
            do {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL).records(partition)) {
                    if (found.offset() >= end) {
                        return new Chunk(records, end, false, found.offset());
                    }
                    bytes += Math.max(0, found.serializedValueSize());
                    if (bytes > maxBytes && !records.isEmpty()) {
                        return new Chunk(records, found.offset(), false);
                    }
                    records.add(found);
                }
            } while (consumer.position(partition) == from && committed(clients, partition, from, end, deadline));
        } catch (OffsetOutOfRangeException e) {
            long first = consumer.beginningOffsets(List.of(partition)).get(partition);
            return new Chunk(List.of(), Math.max(first, from), first > from);
        }
        return new Chunk(records, Math.max(from, Math.min(end, consumer.position(partition))), false);
    }

    /** Whether the committed end lies after {@code from}, so that the fetch is repeated. Fails when the broker is away, or after {@code deadline}. */
    private static boolean committed(Clients clients, TopicPartition partition, long from, long end, long deadline) {
        TopicLayout topic = from < end ? layout(partition.topic(), clients) : null;
        if (topic == null
                || topic.partitions() <= partition.partition()
                || topic.ends()[partition.partition()] <= from) {
            return false;
        }
        if (System.nanoTime() > deadline) {
            throw new TimeoutException("nothing of " + partition + " came from " + from + " on");
        }
        return true;
    }

    private static boolean isThere(String topic, String topicId, Clients clients) {
        return describe(topic, clients)
                .filter(found -> found.topicId().toString().equals(topicId))
                .isPresent();
    }

    private static TopicLayout layout(String topic, Clients clients) {
        return describe(topic, clients)
                .map(found -> TopicLayout.of(found, clients.consumer()))
                .orElseGet(() -> new TopicLayout(topic, "", new long[0], new long[0]));
    }

    private static Optional<TopicDescription> describe(String topic, Clients clients) {
        try {
            return Optional.of(clients.admin()
                    .describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new KafkaException(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
