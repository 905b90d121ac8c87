// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicFollower;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicReader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;

/** Fills one topic of a {@link Tail} with the records that the topic's follower reads. */
final class TopicFeed implements TopicReader {

    private static final Logger LOG = Logger.getLogger(TopicFeed.class);

    private final Tail tail;
    private final TopicBuffer buffer;
    private final TopicRetention retention;
    private final Runnable onReset;
    private final Consumer<TailEntry> seen;
    private final Runnable more;
    private final Counter records;
    private final Counter undecodable;
    private TailLoad load;
    private long[] loaded = {};
    private String topicId = "";

    /**
     * @param name the metrics' names begin with {@code streampane.<name>}
     * @param onReset is called on the consumer's thread before the first entry of a topic, and again when the topic was recreated or cut off
     * @param seen is called with each entry, on the consumer's thread
     * @param more is called on the consumer's thread once per poll, when the tail has new entries
     */
    TopicFeed(
            Tail tail,
            TopicRetention retention,
            String name,
            Runnable onReset,
            Consumer<TailEntry> seen,
            Runnable more,
            MeterRegistry metrics) {
        this.tail = tail;
        this.buffer = tail.buffer(retention.name());
        this.retention = retention;
        this.onReset = onReset;
        this.seen = seen;
        this.more = more;
        String prefix = "streampane." + name;
        this.records = metrics.counter(prefix + ".feed.records");
        this.undecodable = metrics.counter(prefix + ".feed.undecodable");
        metrics.gauge(prefix + ".tail.records", buffer, TopicBuffer::size);
        metrics.gauge(prefix + ".tail.bytes", buffer, TopicBuffer::bytes);
    }

    /** The only consumer of the topic in this process; not started yet. */
    TopicFollower follower(KafkaAccess kafka) {
        return new TopicFollower(kafka, retention.name(), this);
    }

    @Override
    public Optional<Duration> reach() {
        return Optional.of(retention.maxAge());
    }

    @Override
    public long[] start(TopicLayout topic, long[] since) {
        load = null;
        loaded = new long[0];
        boolean isNewTopic = !topic.topicId().equals(topicId);
        if (isNewTopic) {
            topicId = topic.topicId();
            onReset.run();
        }
        return (isNewTopic ? Optional.<long[]>empty() : buffer.readOn(topic)).orElseGet(() -> {
            long reached = System.currentTimeMillis() - retention.maxAge().toMillis();
            load = new TailLoad(topic, since, reached, retention);
            return load.starts();
        });
    }

    @Override
    public void cutOff() {
        topicId = "";
    }

    @Override
    public void read(ConsumerRecords<byte[], byte[]> batch, long[] reached) {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            records.increment();
            Optional<TailEntry> found = TailEntry.decode(retention.kind(), record);
            found.ifPresentOrElse(seen, undecodable::increment);
            if (load == null) {
                tail.append(buffer, record.partition(), record.offset(), found);
            } else {
                load.append(record.partition(), record.offset(), found);
            }
        }
        if (load != null) {
            loaded = reached;
        } else if (buffer.reached(reached)) {
            more.run();
        }
    }

    @Override
    public void caughtUp() {
        if (load != null) {
            load.openInto(tail);
            buffer.reached(loaded);
            load = null;
            warnOfLongPositions();
            more.run();
        }
    }

    private void warnOfLongPositions() {
        int length = tail.position().toString().length();
        if (length > Position.MAX_LENGTH) {
            LOG.warnf(
                    "Streams cannot be resumed, topics have too many partitions: topic=%s position=%d characters, at most %d are read",
                    retention.name(), length, Position.MAX_LENGTH);
        }
    }
}
