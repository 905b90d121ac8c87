// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Logged;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TopicFollowerTest {

    @AutoClose
    private final Logged log = new Logged(TopicFollower.class);

    /** Numbers of partitions, each time that the reader began anew. */
    private final Queue<Integer> layouts = new ConcurrentLinkedQueue<>();

    private volatile boolean caughtUp;

    /** What the next consumer says of the log. */
    private volatile Map<TopicPartition, Long> cutOff;

    private final TopicReader reader = new TopicReader() {
        @Override
        public long[] start(TopicLayout topic, long[] since) {
            layouts.add(topic.partitions());
            return since;
        }

        @Override
        public void cutOff() {
            layouts.add(-1);
        }

        @Override
        public void read(ConsumerRecords<byte[], byte[]> records, long[] reached) {
            // nothing is read
        }

        @Override
        public void caughtUp() {
            caughtUp = true;
        }
    };

    @Test
    void shouldSayThatItHasEndedInAnError() {
        // Given
        Throwable failure = new NoClassDefFoundError("none");
        // When
        try (TopicFollower follower = new TopicFollower(failing(failure), "topic", reader).start()) {
            // Then
            await().until(() -> !follower.alive());
            assertThat(log.lines()).containsExactly("ERROR Reading has ended, start this process again: topic=topic");
        }
    }

    @Test
    void shouldWaitForABrokerThatIsAway() {
        // Given
        Throwable failure = new KafkaException("away");
        // When
        try (TopicFollower follower = new TopicFollower(failing(failure), "topic", reader).start()) {
            // Then
            await().until(() -> follower.state() == TopicFollower.State.BROKER_AWAY);
            assertThat(follower.alive()).isTrue();
            // the state comes before its line
            await().untilAsserted(() ->
                    assertThat(log.lines()).singleElement().asString().startsWith("WARN "));
        }
    }

    @Test
    void shouldTellThatTheLogIsCutOff() {
        // Given
        cutOff = Map.of(new TopicPartition("topic", 0), 5L);
        // When
        try (TopicFollower follower = new TopicFollower(serving(new AtomicInteger(1)), "topic", reader).start()) {
            // Then
            await().until(() -> cutOff == null && List.copyOf(layouts).equals(List.of(1, -1, 1)));
            assertThat(follower.alive()).isTrue();
        }
    }

    @Test
    void shouldBeAliveHoweverLongABrokersNameIsNotResolved() {
        // Given
        AtomicInteger turns = new AtomicInteger();
        AtomicLong nanoTime = new AtomicLong();
        KafkaAccess kafka = failing(new KafkaException("no resolvable bootstrap urls"), turns);
        try (TopicFollower follower = new TopicFollower(kafka, "topic", reader, nanoTime::get).start()) {
            // When
            nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
            // Then: a turn takes a second
            int before = turns.get();
            await().until(() -> turns.get() >= before + 2);
            assertThat(follower.alive()).isTrue();
        }
    }

    /** By the clock on the wall it takes longer each time. */
    @Test
    void shouldNoticeNewPartitionsByNoClockThatCanBeSet() {
        assertThat(Stream.generate(this::noticesNewPartitionsIn)
                        .limit(3)
                        .anyMatch(time -> time.compareTo(Duration.ofSeconds(4)) < 0))
                .isTrue();
    }

    private Duration noticesNewPartitionsIn() {
        layouts.clear();
        caughtUp = false;
        // Given: a time that begins anew soon, and that the clock on the wall knows nothing of
        AtomicLong nanoTime =
                new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());
        AtomicInteger partitions = new AtomicInteger(1);
        long began = System.nanoTime();
        try (TopicFollower follower = new TopicFollower(serving(partitions), "topic", reader, nanoTime::get).start()) {
            await().until(() -> caughtUp);
            // When
            partitions.set(2);
            nanoTime.addAndGet(Duration.ofSeconds(6).toNanos());
            // Then
            await().until(() -> List.copyOf(layouts).equals(List.of(1, 2)));
            assertThat(follower.alive()).isTrue();
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    /** A broker whose topic has so many partitions at the moment, of which none has a record. */
    private KafkaAccess serving(AtomicInteger partitions) {
        return new KafkaAccess(Map.of("bootstrap.servers", "localhost:1")) {
            @Override
            public Admin admin(String clientId) {
                return new ForwardingAdmin(Map.of("bootstrap.servers", bootstrapServers())) {
                    @Override
                    public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
                        return new DescribeTopicsResult(null, Map.of("topic", described(partitions.get()))) {};
                    }
                };
            }

            @Override
            Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> own) {
                MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
                Map<TopicPartition, Long> empty =
                        Map.of(new TopicPartition("topic", 0), 0L, new TopicPartition("topic", 1), 0L);
                consumer.updateBeginningOffsets(empty);
                consumer.updateEndOffsets(empty);
                if (cutOff != null) {
                    consumer.setPollException(new LogTruncationException(cutOff, Map.of()));
                    cutOff = null;
                }
                return consumer;
            }
        };
    }

    private static KafkaFuture<TopicDescription> described(int partitions) {
        return KafkaFuture.completedFuture(new TopicDescription(
                "topic",
                false,
                IntStream.range(0, partitions)
                        .mapToObj(n -> new TopicPartitionInfo(n, Node.noNode(), List.of(), List.of()))
                        .toList(),
                Set.of(AclOperation.READ)));
    }

    private static KafkaAccess failing(Throwable failure) {
        return failing(failure, new AtomicInteger());
    }

    private static KafkaAccess failing(Throwable failure, AtomicInteger turns) {
        return new KafkaAccess(Map.of()) {
            @Override
            public Admin admin(String clientId) {
                turns.incrementAndGet();
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
    }
}
