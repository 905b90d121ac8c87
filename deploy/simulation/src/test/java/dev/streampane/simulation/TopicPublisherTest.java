// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TopicPublisherTest {

    private static final String TOPIC = "t";

    @Test
    void shouldGoOnWhenItsTopicIsMadeAnewWithFewerPartitions() throws InterruptedException {
        // Given
        Client client = new Client();
        var publisher = new TopicPublisher(TOPIC, 10_000, Duration.ofMinutes(1), Optional.empty(), () -> client);
        publisher.start();
        await().until(publisher::connected);
        client.partitions = 1;
        // When
        publisher.offer(new OutgoingRecord(1, false, null, new byte[1], Map.of()));
        publisher.offer(new OutgoingRecord(3, false, null, new byte[1], Map.of()));
        // Then
        await().until(() -> publisher.deliveries().waiting() == 0);
        assertThat(publisher.deliveries().records().failed()).isEqualTo(1);
        assertThat(publisher.deliveries().records().acknowledged()).isEqualTo(1);
        publisher.stop();
    }

    /** Refuses, as Kafka's client does after {@code max.block.ms}, a record to a partition that is not in the topic's metadata. */
    private static final class Client extends MockProducer<byte[], byte[]> {

        private volatile int partitions = 2;

        private Client() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            return IntStream.range(0, partitions)
                    .mapToObj(partition -> new PartitionInfo(topic, partition, null, null, null))
                    .toList();
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> sent, Callback callback) {
            if (sent.partition() < partitions) {
                callback.onCompletion(
                        new RecordMetadata(new TopicPartition(TOPIC, sent.partition()), 0, 0, 0, 0, 0), null);
            } else {
                callback.onCompletion(null, new TimeoutException("Partition is not present in metadata"));
            }
            return null;
        }
    }
}
