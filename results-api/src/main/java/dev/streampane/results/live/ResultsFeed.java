// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicReader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Keeps the {@link Tail} filled from the log, by the one consumer of results in this process. */
@ApplicationScoped
public class ResultsFeed implements TopicReader {

    private static final int MAX_JOBS = 1_000;

    private final KafkaAccess kafka;
    private final ResultsConfig config;
    private final Tail tail;
    private final Counter records;
    private final Counter undecodable;
    private final Map<String, NewestWindow> newest = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile TopicFollower follower;
    private TailLoad load;

    ResultsFeed(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        this.kafka = kafka;
        this.config = config;
        this.tail =
                new Tail(
                        config.topic(),
                        config.tailSize(),
                        Math.max(64 << 10, config.tailBytes().asLongValue()));
        this.records = metrics.counter("streampane.results.feed.records");
        this.undecodable = metrics.counter("streampane.results.feed.undecodable");
        metrics.gauge("streampane.results.tail.records", tail, Tail::size);
        metrics.gauge("streampane.results.tail.bytes", tail, Tail::bytes);
    }

    void begin(@Observes StartupEvent event) {
        follower = TopicFollower.start(kafka, config.topic(), this);
    }

    void end(@Observes @Priority(2_000) ShutdownEvent event) {
        if (follower != null) {
            follower.close();
        }
    }

    /** Whether the end of the log has been read once; from then on streams are served, whatever happens to the broker. */
    public boolean loaded() {
        return tail.loaded();
    }

    /** What the consumer is doing. */
    public TopicFollower.State state() {
        TopicFollower started = follower;
        return started == null ? TopicFollower.State.CONNECTING : started.state();
    }

    /** Whether the consumer's thread goes round. */
    public boolean alive() {
        TopicFollower started = follower;
        return started == null || started.alive();
    }

    /** The position behind everything that was read, as streams send it. */
    public String position() {
        return tail.position().toString();
    }

    /** Number of results kept for streams that resume. */
    public int size() {
        return tail.size();
    }

    /** Per job the newest window that went through this process. */
    public Map<String, NewestWindow> newestWindows() {
        return Map.copyOf(newest);
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
                            load =
                                    new TailLoad(
                                            topic,
                                            config.tailSize(),
                                            Math.max(64 << 10, config.tailBytes().asLongValue()));
                            return load.starts();
                        });
    }

    @Override
    public void read(ConsumerRecords<byte[], byte[]> batch) {
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            records.increment();
            ResultEntry.decode(record.partition(), record.offset(), record.value())
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
        if (newest.size() < MAX_JOBS || newest.containsKey(entry.job())) {
            newest.merge(
                    entry.job(),
                    new NewestWindow(
                            entry.id(),
                            entry.key(),
                            entry.start(),
                            entry.end(),
                            entry.generation()),
                    (known, next) -> next.end().isBefore(known.end()) ? known : next);
        }
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
