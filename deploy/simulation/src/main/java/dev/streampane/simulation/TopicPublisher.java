// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Publishes records to a topic, per partition in the order in which they are offered, and counts how each one ends.
 *
 * <p><b>Delivery.</b> An acknowledged record was written exactly once, by all in-sync replicas. A record is offered into a bounded
 * buffer and stays there until it is acknowledged or has failed; while the broker is away, the client keeps retrying.
 * When the buffer is full, {@link #offer} waits for acknowledgements. When none came for the acknowledgement timeout, the
 * broker counts as away; until it acknowledges again, records that do not fit into the buffer are dropped and counted.
 *
 * <p><b>Why not {@code Emitter.send}.</b> This class uses the messaging channel's settings and Kafka producer, but calls the
 * producer itself, for three reasons. The connector retries a failed record on its own, after newer records, which would
 * put a heartbeat before readings with earlier event times. An emitter that ran out of requests stays stuck after a broker
 * restart (quarkus#40592, SRMSG00034). And an emitter has neither the number of partitions nor a buffer bounded in bytes.
 *
 * <p>One thread calls {@link #offer} and {@link #watch}; any thread may read the counters.
 */
public final class TopicPublisher {

    private static final long SPACE_POLL_MILLIS = 100;
    private static final Duration CONNECT_RETRY = Duration.ofSeconds(1);

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> connector;
    private final Optional<Journal> journal;
    private final int bufferBytes;
    private final Semaphore bufferSpace;
    private final LinkedBlockingQueue<OutgoingRecord> buffer = new LinkedBlockingQueue<>();
    private final Deliveries deliveries;
    private final Thread sender = new Thread(this::sendAll, "publisher");

    private volatile boolean stopped;
    private volatile List<PartitionInfo> partitions = List.of();
    private Producer<byte[], byte[]> producer;

    /**
     * @param connector gives the Kafka producer; while it throws, it is called again once per second
     */
    TopicPublisher(
            String topic,
            int bufferBytes,
            Duration acknowledgementTimeout,
            Optional<Journal> journal,
            Supplier<Producer<byte[], byte[]>> connector) {
        this.topic = topic;
        this.bufferBytes = bufferBytes;
        this.bufferSpace = new Semaphore(bufferBytes);
        this.deliveries = new Deliveries(topic, bufferBytes, acknowledgementTimeout);
        this.journal = journal;
        this.connector = connector;
    }

    /** The topic that the records go to. */
    public String topic() {
        return topic;
    }

    void start() {
        sender.start();
    }

    /**
     * Adds a record to the buffer; drops it if the buffer is full and the broker is away.
     *
     * @throws InterruptedException if interrupted while waiting for space
     */
    void offer(OutgoingRecord outgoing) throws InterruptedException {
        int permits = permits(outgoing);
        while (!bufferSpace.tryAcquire(permits, deliveries.away() ? 0 : SPACE_POLL_MILLIS, MILLISECONDS)) {
            if (deliveries.away()) {
                deliveries.counter(outgoing).dropped.increment();
                return;
            }
            watch();
        }
        deliveries.accepted();
        buffer.add(outgoing);
    }

    /** Flushes the journal, and logs when an outage began or ended and when records failed. */
    void watch() {
        journal.ifPresent(Journal::flush);
        deliveries.watch();
    }

    /** Whether a broker has reported the topic's partitions. */
    boolean connected() {
        return !partitions.isEmpty();
    }

    /** Whether the sending thread is alive; it ends only on stop or on an error in this program. */
    boolean alive() {
        return sender.isAlive();
    }

    /** Counts and times of what became of the records. */
    public Deliveries deliveries() {
        return deliveries;
    }

    /** State of the broker, as far as this topic is concerned. */
    public Simulation.Broker broker() {
        if (deliveries.away()) {
            return Simulation.Broker.AWAY;
        }
        return connected() ? Simulation.Broker.ANSWERING : Simulation.Broker.AWAITED;
    }

    /** Bytes of the records in the buffer or on their way. */
    public int bufferedBytes() {
        return bufferBytes - bufferSpace.availablePermits();
    }

    /** Waits until all offered records are acknowledged or have failed, at most for {@code patience}. */
    void drain(Duration patience) throws InterruptedException {
        if (bufferSpace.tryAcquire(bufferBytes, patience.toMillis(), MILLISECONDS)) {
            bufferSpace.release(bufferBytes);
        }
    }

    /** Stops sending; records that are still in the buffer are lost. The producer stays open, because its channel closes it. */
    void stop() throws InterruptedException {
        stopped = true;
        sender.interrupt();
        sender.join(TimeUnit.SECONDS.toMillis(1));
    }

    private void sendAll() {
        try {
            connect();
            while (!stopped) {
                send(buffer.take());
            }
        } catch (InterruptedException | InterruptException e) {
            if (!stopped) {
                throw new IllegalStateException("nobody else interrupts the sender", e);
            }
        }
    }

    private void connect() throws InterruptedException {
        while (!stopped && currentPartitions().isEmpty()) {
            MILLISECONDS.sleep(CONNECT_RETRY.toMillis());
        }
    }

    private void send(OutgoingRecord outgoing) {
        if (outgoing.heartbeat()) {
            List<PartitionInfo> targets = currentPartitions();
            Delivery delivery = new Delivery(outgoing, targets.size());
            for (PartitionInfo target : targets) {
                send(outgoing, target.partition(), delivery);
            }
        } else {
            send(outgoing, partition(outgoing), new Delivery(outgoing, 1));
        }
    }

    /** The partition of a record without a key, by its sequence number; null for one with a key, which Kafka's partitioner decides. */
    private Integer partition(OutgoingRecord outgoing) {
        return outgoing.key() == null
                ? partitions
                        .get((int) (outgoing.sequence() % partitions.size()))
                        .partition()
                : null;
    }

    private void send(OutgoingRecord outgoing, Integer partition, Delivery delivery) {
        deliveries.counter(outgoing).sent.increment();
        ProducerRecord<byte[], byte[]> produced =
                new ProducerRecord<>(topic, partition, outgoing.key(), outgoing.value());
        outgoing.headers().forEach((name, text) -> produced.headers().add(name, text.getBytes(UTF_8)));
        Exception refusal;
        do {
            refusal = attempt(produced, delivery);
        } while (refusal != null && !stopped && isThere(partition));
        if (refusal != null && !stopped) {
            delivery.completed(null, refusal);
        }
    }

    /**
     * Calls the client once. While the client does not know the topic's leaders, the call itself ends with a timeout, on this
     * thread. That is not a failed record yet: it can be sent again without overtaking another.
     *
     * @return the timeout; null if the client has taken the record
     */
    private Exception attempt(ProducerRecord<byte[], byte[]> produced, Delivery delivery) {
        AtomicReference<Exception> refusal = new AtomicReference<>();
        producer.send(produced, (metadata, failure) -> {
            if (failure instanceof TimeoutException && Thread.currentThread() == sender) {
                deliveries.problem(failure);
                refusal.set(failure);
            } else {
                delivery.completed(metadata, failure);
            }
        });
        return refusal.get();
    }

    /** False for a partition that a topic no longer has since it was created again: the client would wait for it forever. */
    private boolean isThere(Integer partition) {
        return partition == null || currentPartitions().stream().anyMatch(known -> known.partition() == partition);
    }

    /** The partitions that the client knows now, so that an added partition gets heartbeats; the last known ones if it cannot tell. */
    private List<PartitionInfo> currentPartitions() {
        try {
            if (producer == null) {
                producer = connector.get();
            }
            partitions = producer.partitionsFor(topic);
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            deliveries.problem(e);
        }
        return partitions;
    }

    private int permits(OutgoingRecord outgoing) {
        return Math.min(outgoing.sizeBytes(), bufferBytes);
    }

    /** Tracks one offered record until each of its partitions has acknowledged or failed it. */
    private final class Delivery {
        private final OutgoingRecord outgoing;
        private final AtomicInteger open;

        Delivery(OutgoingRecord outgoing, int partitions) {
            this.outgoing = outgoing;
            this.open = new AtomicInteger(partitions);
        }

        void completed(RecordMetadata metadata, Exception failure) {
            if (failure == null) {
                deliveries.acknowledged(outgoing);
                journal.ifPresent(j -> j.acknowledged(outgoing, topic, metadata.partition(), metadata.offset()));
            } else {
                deliveries.failed(outgoing, failure);
            }
            if (open.decrementAndGet() == 0) {
                deliveries.completed();
                bufferSpace.release(permits(outgoing));
            }
        }
    }
}
