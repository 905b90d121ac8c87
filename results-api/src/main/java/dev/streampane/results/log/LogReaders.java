// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The few consumers ({@code results.catch-up-readers}) that are shared by everyone who reads a part of a topic that nobody follows: streams
 * that resume far back, dead letters, recomputations.
 *
 * <p>Each call is one bounded piece of work for one of them; calls wait in line. So a reader is held only while it reads, whatever the
 * number of clients and however slowly they take what was read. Results come on a reader's thread: who has to be on another one, goes
 * there. A broker that does not answer within eight seconds fails the call with a 503.
 */
@ApplicationScoped
public class LogReaders {

    /**
     * A piece of one partition.
     *
     * @param records committed records in the order of their offsets; may be none though there are more behind {@code next}
     * @param next offset from which to read on; the {@code from} of the call when nothing is committed there yet
     * @param expired the offset asked for is no longer there: {@code next} is the first one that is
     */
    public record Chunk(List<ConsumerRecord<byte[], byte[]>> records, long next, boolean expired) {}

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(8);

    private record Clients(Consumer<byte[], byte[]> consumer, Admin admin) {}

    private final KafkaAccess kafka;
    private final ExecutorService threads;
    private final BlockingQueue<Clients> idle = new LinkedBlockingQueue<>();
    private final AtomicInteger made = new AtomicInteger();

    LogReaders(KafkaAccess kafka, ResultsConfig config) {
        this.kafka = kafka;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                Executors.newFixedThreadPool(
                        config.catchUpReaders(),
                        task -> {
                            Thread thread = new Thread(task, "read-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    void stop(@Observes @Priority(3_000) ShutdownEvent event) throws InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(5, TimeUnit.SECONDS);
        idle.forEach(LogReaders::close);
    }

    /** Id, beginnings and committed ends of a topic; a topic that is not there has the empty id and no partition. */
    public Uni<TopicLayout> layout(String topic) {
        return call((consumer, admin) -> layout(topic, consumer, admin));
    }

    /** Per partition the first offset that was appended at {@code since} or later; the committed end where there is none. */
    public Uni<long[]> offsetsAt(String topic, Instant since) {
        return call(
                (consumer, admin) ->
                        Offsets.appendedSince(consumer, layout(topic, consumer, admin), since));
    }

    /**
     * Committed records of one partition from {@code from} on: what one fetch brings, at most about {@code maxBytes} and not at or
     * behind {@code end}.
     */
    public Uni<Chunk> read(String topic, int partition, long from, long end, int maxBytes) {
        return call(
                (consumer, admin) ->
                        read(consumer, new TopicPartition(topic, partition), from, end, maxBytes));
    }

    private static Chunk read(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            long from,
            long end,
            int maxBytes) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long bytes = 0;
        try {
            for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL).records(partition)) {
                if (found.offset() >= end) {
                    return new Chunk(records, end, false);
                }
                bytes += Math.max(0, found.serializedValueSize());
                if (bytes > maxBytes && !records.isEmpty()) {
                    return new Chunk(records, found.offset(), false);
                }
                records.add(found);
            }
        } catch (OffsetOutOfRangeException e) {
            long first = consumer.beginningOffsets(List.of(partition)).get(partition);
            return new Chunk(List.of(), Math.max(first, from), first > from);
        }
        return new Chunk(records, Math.min(end, consumer.position(partition)), false);
    }

    private static TopicLayout layout(
            String topic, Consumer<byte[], byte[]> consumer, Admin admin) {
        TopicDescription found;
        try {
            found =
                    admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)
                            .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return new TopicLayout(topic, "", new long[0], new long[0]);
            }
            throw new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
        List<TopicPartition> partitions =
                IntStream.range(0, found.partitions().size())
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .toList();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return new TopicLayout(
                topic,
                found.topicId().toString(),
                partitions.stream().mapToLong(beginnings::get).toArray(),
                partitions.stream().mapToLong(ends::get).toArray());
    }

    private <T> Uni<T> call(BiFunction<Consumer<byte[], byte[]>, Admin, T> task) {
        return Uni.createFrom()
                .item(() -> run(task))
                .runSubscriptionOn(threads)
                .onFailure(KafkaException.class)
                .transform(failure -> away());
    }

    private <T> T run(BiFunction<Consumer<byte[], byte[]>, Admin, T> task) {
        Clients clients = idle.poll();
        if (clients == null) {
            String id = "results-api-reader-" + made.incrementAndGet();
            clients = new Clients(kafka.consumer(id), kafka.admin(id));
        }
        try {
            T result = task.apply(clients.consumer(), clients.admin());
            idle.add(clients);
            return result;
        } catch (RuntimeException e) {
            close(clients);
            throw e;
        }
    }

    private static void close(Clients clients) {
        clients.consumer().close();
        clients.admin().close(Duration.ZERO);
    }

    private static ProblemException away() {
        return new ProblemException(
                Problem.unavailable(
                        ProblemType.LOG_UNAVAILABLE,
                        "Kafka does not answer in time; what is in memory can still be read.",
                        Duration.ofSeconds(5)));
    }
}
