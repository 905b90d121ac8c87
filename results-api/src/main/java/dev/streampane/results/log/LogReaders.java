// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import dev.streampane.results.ResultsConfig;
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
 * The few consumers ({@code results.catch-up-readers}) that are shared by everyone who reads a part of a topic that nobody follows: streams
 * that resume far back, dead letters, recomputations.
 *
 * <p>Each call is one bounded piece of work for one of them; calls wait in line, in which callers take turns. So a reader is held only while it reads, whatever the
 * number of clients and however slowly they take what was read. Results come on a reader's thread: who has to be on another one, goes
 * there. A broker that does not answer within about eight seconds fails the call with a 503, and so does the end of the process.
 */
@ApplicationScoped
public class LogReaders implements AutoCloseable {

    /**
     * A piece of one partition.
     *
     * @param records committed records in the order of their offsets; may be none though there are more behind {@code next}
     * @param next offset from which to read on; the {@code from} of the call when nothing is committed there yet
     * @param expired the offset asked for is no longer there: {@code next} is the first one that is
     * @param following the next record that is known of, which may lie far behind {@code next}: what is between was compacted away, or aborted
     */
    public record Chunk(List<ConsumerRecord<byte[], byte[]>> records, long next, boolean expired, long following) {

        public Chunk(List<ConsumerRecord<byte[], byte[]>> records, long next, boolean expired) {
            this(records, next, expired, next);
        }
    }

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(8);

    /** Whoever is not {@link #of} a principal: this process itself. */
    private static final String NOBODY = "";

    private final ReaderPool pool;
    private final String caller;
    private final Runnable begun;
    private final Optional<Duration> longest;

    @Inject
    public LogReaders(KafkaAccess kafka, ResultsConfig config) {
        this(kafka, "results-api-reader", config.catchUpReaders());
    }

    /** @param name of their threads and clients, which are numbered */
    LogReaders(KafkaAccess kafka, String name, int readers) {
        this(new ReaderPool(kafka, name, readers), NOBODY, () -> {}, Optional.empty());
    }

    private LogReaders(ReaderPool pool, String caller, Runnable begun, Optional<Duration> longest) {
        this.pool = pool;
        this.caller = caller;
        this.begun = begun;
        this.longest = longest;
    }

    /** The same readers, which tell when one of them begins with a call. */
    public LogReaders telling(Runnable whenBegun) {
        return new LogReaders(pool, caller, whenBegun, longest);
    }

    /** The same readers, for calls of one principal, which wait behind its own and not behind those of others. */
    public LogReaders of(String principal) {
        return new LogReaders(pool, principal, begun, longest);
    }

    /** Whose calls these are. */
    public String caller() {
        return caller;
    }

    /** The same readers, for calls that fail with a 503 when they are not answered within so long, their time in line included. */
    public LogReaders within(Duration time) {
        return new LogReaders(pool, caller, begun, Optional.of(time));
    }

    /** A question that is not answered is asked anew: a partition never answers when its topic has gone since it was described. */
    private <T> Uni<T> call(Function<ReaderPool.Clients, T> task) {
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

    /** Interrupts what is being read, fails what waits, and closes all clients, within about five seconds. */
    @Override
    public void close() {
        pool.close();
    }

    int waiting() {
        return pool.waiting();
    }

    /** Id, beginnings and committed ends of a topic; a topic that is not there has the empty id and no partition. */
    public Uni<TopicLayout> layout(String topic) {
        return call(clients -> layout(topic, clients));
    }

    /** Per partition the first offset that was appended at {@code since} or later; the committed end where there is none. */
    public Uni<long[]> offsetsAt(String topic, Instant since) {
        return call(clients -> layout(topic, clients).appendedSince(clients.consumer(), since));
    }

    /** The same, within what a topic looked like; its ends when it is no more. */
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
     * Committed records of one partition from {@code from} on: what one fetch brings, at most about {@code maxBytes} and not at or
     * behind {@code end}.
     */
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        return call(clients -> read(clients, new TopicPartition(topic, partition), from, end, maxBytes));
    }

    /** The same of the topic with id {@code topicId}; nothing when there is another one of the name by now, or none. */
    public Uni<Optional<Chunk>> read(String topic, String topicId, int partition, long from, long end, int maxBytes) {
        return call(clients -> {
            Chunk chunk = read(clients, new TopicPartition(topic, partition), from, end, maxBytes);
            // ids never come back: that it is there now means that it was there then
            return isThere(topic, topicId, clients) ? Optional.of(chunk) : Optional.empty();
        });
    }

    private static Chunk read(ReaderPool.Clients clients, TopicPartition partition, long from, long end, int maxBytes) {
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

    /** Whether there is something to wait for; a broker that is away does not know, and fails the call. */
    private static boolean committed(
            ReaderPool.Clients clients, TopicPartition partition, long from, long end, long deadline) {
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

    private static boolean isThere(String topic, String topicId, ReaderPool.Clients clients) {
        return describe(topic, clients)
                .filter(found -> found.topicId().toString().equals(topicId))
                .isPresent();
    }

    private static TopicLayout layout(String topic, ReaderPool.Clients clients) {
        return describe(topic, clients)
                .map(found -> TopicLayout.of(found, clients.consumer()))
                .orElseGet(() -> new TopicLayout(topic, "", new long[0], new long[0]));
    }

    private static Optional<TopicDescription> describe(String topic, ReaderPool.Clients clients) {
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
