// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import io.quarkus.runtime.util.ExceptionUtil;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Reads all partitions of one topic until it is closed, on its own thread.
 *
 * <p>Waits for a broker that is away, at the start or later, and for a topic that does not exist yet; then it reads on where it was. Every five
 * seconds it checks that the topic has not been recreated. Guarantee: each committed record from the offsets that the reader chose is passed on
 * once, in order per partition. After an {@link Error} the follower is no longer {@link #alive}.
 */
public final class TopicFollower implements AutoCloseable {

    /** What the follower is doing. */
    public enum State {
        /** Looking for the broker and the topic for the first time. */
        CONNECTING,
        /** The broker says that the topic does not exist. It is asked again every second. */
        TOPIC_MISSING,
        /** The broker does not let this user read or describe the topic. It is asked again every second. */
        TOPIC_DENIED,
        /** Reading, or waiting for records. */
        READING,
        /** The broker does not answer. Reading goes on when it is back. */
        BROKER_AWAY
    }

    private static final Logger LOG = Logger.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration TOPIC_CHECK = Duration.ofSeconds(5);
    private static final Duration LONGEST_TURN = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 1_000;

    private final KafkaAccess kafka;
    private final String topic;
    private final TopicReader reader;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Consumer<byte[], byte[]> polled;
    private volatile State state = State.CONNECTING;
    private volatile boolean missing;
    private volatile long lastTurn;

    /** Reads nothing until {@link #start}. */
    public TopicFollower(KafkaAccess kafka, String topic, TopicReader reader) {
        this(kafka, topic, reader, System::nanoTime);
    }

    TopicFollower(KafkaAccess kafka, String topic, TopicReader reader, LongSupplier nanoTime) {
        this.kafka = kafka;
        this.topic = topic;
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.thread = new Thread(this::run, "follow-" + topic);
        this.thread.setDaemon(true);
    }

    /** Starts to read, unless it has started before; returns this follower. */
    public synchronized TopicFollower start() {
        if (isNew()) {
            lastTurn = nanoTime.getAsLong();
            thread.start();
        }
        return this;
    }

    private boolean isNew() {
        return thread.getState() == Thread.State.NEW;
    }

    /** The topic that is followed. */
    public String topic() {
        return topic;
    }

    /** The current state; a broker that goes away is noticed within about 15 seconds. */
    public State state() {
        return state;
    }

    /** Whether the broker's last answer was that the topic does not exist, or that this user may not read it. */
    public boolean missing() {
        return missing;
    }

    /** Whether the thread is alive and has gone through its loop within the last minute; true before {@link #start}. */
    public boolean alive() {
        return isNew() || thread.isAlive() && !hasPassed(LONGEST_TURN, lastTurn);
    }

    private boolean hasPassed(Duration time, long since) {
        return nanoTime.getAsLong() - since > time.toNanos();
    }

    /** Stops reading and waits for the thread, at most five seconds. */
    @Override
    public void close() {
        closing.countDown();
        Optional.ofNullable(polled).ifPresent(Consumer::wakeup);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            followUntilClosed();
        } catch (Error e) {
            LOG.errorf(e, "Reading has ended, start this process again: topic=%s", topic);
        }
    }

    private void followUntilClosed() {
        while (!closed(0)) {
            lastTurn = nanoTime.getAsLong();
            try (Admin admin = kafka.admin("results-api-" + topic + "-admin");
                    Consumer<byte[], byte[]> consumer = kafka.consumer("results-api-" + topic, Map.of())) {
                polled = consumer;
                while (!closed(0)) {
                    follow(admin, consumer);
                }
            } catch (WakeupException closed) {
                return;
            } catch (RuntimeException e) {
                if (e instanceof LogTruncationException) {
                    reader.cutOff();
                }
                enter(cause(e), e);
            }
            closed(PAUSE_MILLIS);
        }
    }

    /** Looks the topic up and polls it; returns when the lookup fails or the topic has changed, and the caller then looks it up again. */
    private void follow(Admin admin, Consumer<byte[], byte[]> consumer) {
        lastTurn = nanoTime.getAsLong();
        TopicDescription found;
        try {
            found = describe(admin).join();
            Set<AclOperation> allowed = found.authorizedOperations(); // null where the broker does not say
            if (allowed != null && !allowed.contains(AclOperation.READ)) {
                throw new TopicAuthorizationException(topic);
            }
        } catch (CompletionException | TopicAuthorizationException e) {
            enter(cause(e), e);
            closed(PAUSE_MILLIS);
            return;
        }
        poll(admin, consumer, seek(consumer, found));
    }

    private TopicLayout seek(Consumer<byte[], byte[]> consumer, TopicDescription found) {
        TopicLayout layout = TopicLayout.of(found, consumer);
        consumer.assign(layout.topicPartitions());
        long[] starts = reader.start(
                layout,
                reader.reach()
                        .map(reach -> Instant.now().minus(reach))
                        .map(since -> layout.appendedSince(consumer, since))
                        .orElse(layout.beginnings()));
        layout.topicPartitions().forEach(partition -> consumer.seek(partition, starts[partition.partition()]));
        return layout;
    }

    private void poll(Admin admin, Consumer<byte[], byte[]> consumer, TopicLayout layout) {
        enter(State.READING, null);
        List<TopicPartition> partitions = layout.topicPartitions();
        boolean caughtUp = false;
        CompletableFuture<TopicDescription> check = null;
        long checked = nanoTime.getAsLong();
        while (!closed(0)) {
            lastTurn = nanoTime.getAsLong();
            if (!caughtUp && reached(consumer, layout)) {
                caughtUp = true;
                reader.caughtUp();
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            reader.read(
                    records, partitions.stream().mapToLong(consumer::position).toArray());
            if (check == null && hasPassed(TOPIC_CHECK, checked)) {
                check = describe(admin);
            } else if (check != null && check.isDone()) {
                if (changed(check, layout)) {
                    return;
                }
                check = null;
                checked = nanoTime.getAsLong();
            }
        }
    }

    private static boolean reached(Consumer<byte[], byte[]> consumer, TopicLayout layout) {
        return layout.topicPartitions().stream()
                .allMatch(partition -> consumer.position(partition) >= layout.ends()[partition.partition()]);
    }

    private boolean changed(CompletableFuture<TopicDescription> check, TopicLayout layout) {
        try {
            TopicDescription now = check.join();
            enter(State.READING, null);
            return !now.topicId().toString().equals(layout.topicId())
                    || now.partitions().size() != layout.partitions();
        } catch (RuntimeException e) {
            enter(cause(e), e);
        }
        return state == State.TOPIC_MISSING;
    }

    private CompletableFuture<TopicDescription> describe(Admin admin) {
        return admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .get(topic)
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static State cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownTopicOrPartitionException) {
                return State.TOPIC_MISSING;
            }
            if (cause instanceof TopicAuthorizationException) {
                return State.TOPIC_DENIED;
            }
        }
        return State.BROKER_AWAY;
    }

    /** Changes the state; logs only when the new state differs. */
    private void enter(State next, Throwable cause) {
        if (state == next) {
            return;
        }
        state = next;
        missing = next == State.BROKER_AWAY ? missing : next != State.READING;
        if (next == State.READING) {
            LOG.infof("Reading topic=%s brokers=%s", topic, kafka.bootstrapServers());
        } else {
            LOG.warnf(
                    "Waiting for topic: topic=%s state=%s brokers=%s cause=%s",
                    topic, next, kafka.bootstrapServers(), ExceptionUtil.getRootCause(cause));
        }
    }

    private boolean closed(long waitMillis) {
        try {
            return closing.await(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
            return true;
        }
    }
}
