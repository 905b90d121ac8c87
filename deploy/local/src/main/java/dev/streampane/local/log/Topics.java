// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the broker says about topics. */
public final class Topics {

    private static final Duration KNOWN_WITHIN = Duration.ofMinutes(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    private Topics() {}

    /** The settings of a client for brokers that ask for no authentication. */
    public static Map<String, Object> client(String bootstrapServers) {
        return Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    public static Admin admin(String bootstrapServers) {
        return Admin.create(client(bootstrapServers));
    }

    /** An admin client whose calls fail when they are not answered within {@code patience}. */
    public static Admin admin(String bootstrapServers, Duration patience) {
        int milliseconds = Math.toIntExact(patience.toMillis());
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                milliseconds,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                milliseconds));
    }

    /** Creates a topic and waits until it takes records. */
    public static void create(Admin admin, NewTopic topic) {
        get(admin.createTopics(List.of(topic)).all());
        awaitLeaders(admin, List.of(topic));
    }

    /**
     * Waits up to a minute until the leaders of new topics' partitions answer. The controller reports the topics as created before that. A
     * producer could then have its first batch refused and the second accepted, and the first would be out of order until {@code
     * delivery.timeout.ms} has passed.
     */
    static void awaitLeaders(Admin admin, Collection<NewTopic> topics) {
        List<String> names = topics.stream().map(NewTopic::name).toList();
        Instant deadline = Instant.now().plus(KNOWN_WITHIN);
        while (true) {
            try {
                ends(admin, names);
                return;
            } catch (UnknownTopicOrPartitionException notYet) {
                if (Instant.now().isAfter(deadline)) {
                    throw notYet;
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }

    public static Optional<TopicDescription> find(Admin admin, String topic) {
        return find(admin, List.of(topic)).stream().findFirst();
    }

    /** The descriptions of those topics that exist. */
    public static List<TopicDescription> find(Admin admin, Collection<String> topics) {
        return admin.describeTopics(topics).topicNameValues().values().stream()
                .flatMap(topic -> ifThere(topic).stream())
                .toList();
    }

    private static Optional<TopicDescription> ifThere(KafkaFuture<TopicDescription> topic) {
        try {
            return Optional.of(get(topic));
        } catch (UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    /** The topic with this name and this id; empty when it does not exist, or was created again with another id. */
    public static Optional<TopicDescription> find(Admin admin, String topic, String topicId) {
        return find(admin, topic).filter(found -> found.topicId().toString().equals(topicId));
    }

    /** All partitions of a topic. */
    public static List<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream()
                .map(one -> new TopicPartition(topic.name(), one.partition()))
                .toList();
    }

    /** The offset after the last record, committed or not. */
    public static Map<TopicPartition, Long> highWatermarks(Admin admin, Collection<TopicPartition> partitions) {
        return offsets(admin, partitions, OffsetSpec.latest());
    }

    /**
     * {@link #highWatermarks} of all partitions of topics. They are described first, as the client logs an error when it is asked for the leaders
     * of topics that its broker does not know yet.
     */
    public static Map<TopicPartition, Long> ends(Admin admin, List<String> topics) {
        return highWatermarks(
                admin,
                get(admin.describeTopics(topics).allTopicNames()).values().stream()
                        .flatMap(topic -> partitions(topic).stream())
                        .toList());
    }

    public static Map<TopicPartition, Long> starts(Admin admin, Collection<TopicPartition> partitions) {
        return offsets(admin, partitions, OffsetSpec.earliest());
    }

    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec which) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, OffsetSpec> wanted =
                partitions.stream().collect(Collectors.toMap(Function.identity(), p -> which));
        return get(admin.listOffsets(wanted).all()).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().offset()));
    }

    /** Waits for the broker's answer; throws the broker's error itself, without an {@link ExecutionException} around it. */
    public static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the broker", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
