// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Two threads that only fetch records, with the product's settings: the most that the hardware allows. */
final class RawConsumers {

    private static final int CONSUMERS = 2;
    private static final Duration POLL = Duration.ofMillis(100);

    private RawConsumers() {}

    /**
     * Reads all readings. The figures are those of this process while it read the second half.
     *
     * @return figures with the digest of the right results, because there are no results to check
     * @throws IllegalStateException if the number of records is wrong
     */
    static Measured run(String bootstrapServers, Readings readings) throws Exception {
        var read = new AtomicLong();
        var half = new CountDownLatch(1);
        var own = new ThreadTimes(Path.of("/proc/self"));
        long target = readings.records() + Readings.PARTITIONS;
        List<Thread> threads = IntStream.range(0, CONSUMERS)
                .mapToObj(n -> new Thread(() -> read(bootstrapServers, n, read, half, target)))
                .toList();
        threads.forEach(Thread::start);
        half.await();
        long from = read.get();
        long at = System.nanoTime();
        Duration cpu = own.cpu();
        for (Thread thread : threads) {
            thread.join();
        }
        var wall = Duration.ofNanos(System.nanoTime() - at);
        if (read.get() != target) {
            throw new IllegalStateException("%d of %d records read".formatted(read.get(), target));
        }
        return new Measured(target - from, wall, own.cpu().minus(cpu), List.of(), readings.digest(), "");
    }

    private static void read(String servers, int number, AtomicLong read, CountDownLatch half, long target) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                servers,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                "false",
                "max.poll.records",
                "5000",
                "max.partition.fetch.bytes",
                "4194304");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Readings.PARTITIONS)
                    .filter(partition -> partition % CONSUMERS == number)
                    .mapToObj(partition -> new TopicPartition(Readings.TOPIC, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long bytes = 0;
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                var records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    bytes += record.value().length;
                }
                if (read.addAndGet(records.count()) >= target / 2) {
                    half.countDown();
                }
            }
            if (bytes == 0) {
                throw new IllegalStateException("nothing read of " + target);
            }
        } finally {
            half.countDown(); // also if this consumer has failed, so that nobody waits forever
        }
    }
}
