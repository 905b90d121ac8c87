// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicReader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Keeps a {@link Tail} filled from one topic, by the one consumer of it in this process. */
final class TopicFeed implements TopicReader {

    private static final int LEAST_BYTES = 64 << 10;

    /** What a stream reads of a topic's records. */
    @FunctionalInterface
    interface Decoder {
        /** The entry, or nothing when the value is none. */
        Optional<ResultEntry> decode(int partition, long offset, byte[] value);
    }

    /**
     * What is kept of a topic.
     *
     * @param name the metrics' names begin with {@code streampane.<name>}
     */
    record Settings(String topic, String name, int tailSize, long tailBytes) {}

    private final KafkaAccess kafka;
    private final Settings settings;
    private final long tailBytes;
    private final Decoder decoder;
    private final Consumer<ResultEntry> seen;
    private final Tail tail;
    private final Counter records;
    private final Counter undecodable;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile TopicFollower follower;
    private TailLoad load;

    /**
     * @param seen is told of each entry, on the consumer's thread
     */
    TopicFeed(
            KafkaAccess kafka,
            Settings settings,
            Decoder decoder,
            Consumer<ResultEntry> seen,
            MeterRegistry metrics) {
        this.kafka = kafka;
        this.settings = settings;
        this.tailBytes = Math.max(LEAST_BYTES, settings.tailBytes());
        this.decoder = decoder;
        this.seen = seen;
        this.tail = new Tail(settings.topic(), settings.tailSize(), tailBytes);
        String prefix = "streampane." + settings.name();
        this.records = metrics.counter(prefix + ".feed.records");
        this.undecodable = metrics.counter(prefix + ".feed.undecodable");
        metrics.gauge(prefix + ".tail.records", tail, Tail::size);
        metrics.gauge(prefix + ".tail.bytes", tail, Tail::bytes);
    }

    void begin() {
        follower = TopicFollower.start(kafka, settings.topic(), this);
    }

    void end() {
        if (follower != null) {
            follower.close();
        }
    }

    boolean loaded() {
        return tail.loaded();
    }

    TopicFollower.State state() {
        TopicFollower started = follower;
        return started == null ? TopicFollower.State.CONNECTING : started.state();
    }

    boolean alive() {
        TopicFollower started = follower;
        return started == null || started.alive();
    }

    Tail tail() {
        return tail;
    }

    /** Calls {@code listener} on the consumer's thread whenever there is more in the tail. */
    void onMore(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public long[] start(TopicLayout topic) {
        load = null;
        return tail.resume(topic.topicId(), topic.beginnings(), topic.ends())
                .orElseGet(
                        () -> {
                            load = new TailLoad(topic, settings.tailSize(), tailBytes);
                            return load.starts();
                        });
    }

    @Override
    public void read(ConsumerRecords<byte[], byte[]> batch) {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            records.increment();
            decoder.decode(record.partition(), record.offset(), record.value())
                    .ifPresentOrElse(
                            entry -> append(record.timestamp(), entry), () -> skip(record));
        }
        if (load == null) {
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public void caughtUp() {
        if (load != null) {
            load.openInto(tail);
            load = null;
            listeners.forEach(Runnable::run);
        }
    }

    private void append(long appended, ResultEntry entry) {
        seen.accept(entry);
        if (load != null) {
            load.append(appended, entry);
        } else {
            tail.append(entry);
        }
    }

    private void skip(ConsumerRecord<byte[], byte[]> record) {
        undecodable.increment();
        if (load != null) {
            load.skip(record.partition(), record.offset());
        } else {
            tail.skip(record.partition(), record.offset());
        }
    }
}
