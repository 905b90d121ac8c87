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
 * Publishes records in the order in which they are offered, per partition, and knows what became of each.
 *
 * <p><b>Delivery.</b> What was acknowledged was written by all in-sync replicas, once. A record is offered into a bounded
 * buffer, and stays there until it is acknowledged or failed; the client sends it again for as long as the broker is away.
 * When the buffer is full, {@link #offer} waits for acknowledgements; when none came for the acknowledgement timeout the
 * broker counts as away and the record is dropped and counted, until acknowledgements come again.
 *
 * <p><b>Why not {@code Emitter.send}.</b> It uses the messaging channel's settings and Kafka producer, but hands records to
 * that producer itself: the connector sends a record that failed a second time on its own, after newer ones, which would
 * put a heartbeat before readings of earlier event times; an emitter that ran out of requests stays stuck after a broker
 * restart (quarkus#40592, SRMSG00034); and it knows neither the number of partitions nor a bounded buffer in bytes.
 *
 * <p>One thread offers and calls {@link #watch}; the counters may be read by any.
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
     * @param connector gives the Kafka producer; called again, once per second, while it throws
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

    /** Where the records go. */
    public String topic() {
        return topic;
    }

    void start() {
        sender.start();
    }

    /**
     * Takes a record over, or drops it where the broker is away and the buffer full.
     *
     * @throws InterruptedException when interrupted while it waits for space
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

    /** Flushes the journal and logs what has changed: an outage that began or ended, records that failed. */
    void watch() {
        journal.ifPresent(Journal::flush);
        deliveries.watch();
    }

    /** Whether the broker has told the topic's partitions. */
    boolean connected() {
        return !partitions.isEmpty();
    }

    /** False when the sending thread has died, which only an error in this program does. */
    boolean alive() {
        return sender.isAlive();
    }

    /** What becomes of the records. */
    public Deliveries deliveries() {
        return deliveries;
    }

    /** How the broker is. */
    public Simulation.Broker broker() {
        if (deliveries.away()) {
            return Simulation.Broker.AWAY;
        }
        return connected() ? Simulation.Broker.ANSWERING : Simulation.Broker.AWAITED;
    }

    /** Of the records in the buffer or on their way. */
    public int bufferedBytes() {
        return bufferBytes - bufferSpace.availablePermits();
    }

    /** Waits until everything that was offered is acknowledged or failed, at most this long. */
    void drain(Duration patience) throws InterruptedException {
        if (bufferSpace.tryAcquire(bufferBytes, patience.toMillis(), MILLISECONDS)) {
            bufferSpace.release(bufferBytes);
        }
    }

    /** Stops sending; what is still in the buffer is lost. The producer stays open: its channel closes it. */
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

    /** A record without a key goes to the partitions in turn, one with a key where Kafka puts it. */
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
     * Calls the client once. While it does not know the topic's leaders it refuses a record, in the call itself, with a
     * timeout; that is no failure yet, as the record can be sent again without overtaking another.
     *
     * @return the refusal; null when the client has taken the record
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

    /** False for a partition that the topic, made anew, no longer has: the client would wait for it without end. */
    private boolean isThere(Integer partition) {
        return partition == null || currentPartitions().stream().anyMatch(known -> known.partition() == partition);
    }

    /** Partitions as the client knows them now; a partition that was added gets heartbeats, too. */
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

    /** Follows one offered record until each of its partitions has answered. */
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
