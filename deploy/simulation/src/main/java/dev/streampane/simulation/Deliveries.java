// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * What becomes of the records of a {@link TopicPublisher}, and whether its broker acknowledges. One WARN line says that an
 * outage began, one INFO line that it ended and what was dropped.
 *
 * <p>Safe for several threads, of which one calls {@link #watch}.
 */
public final class Deliveries {

    private static final Logger LOG = Logger.getLogger(TopicPublisher.class);
    private static final String NONE = "none known";
    private static final long FAILURE_LOG_NANOS = Duration.ofMinutes(1).toNanos();

    private final String topic;
    private final int bufferBytes;
    private final Duration acknowledgementTimeout;
    private final AtomicLong waiting = new AtomicLong();
    private final DeliveryCounter records = new DeliveryCounter();
    private final DeliveryCounter heartbeats = new DeliveryCounter();

    private volatile long progressNanos = System.nanoTime();
    private volatile long acknowledgedNanos = progressNanos;
    private volatile boolean failing;
    private volatile String lastProblem = NONE;
    private volatile String lastFailure = NONE;

    private boolean outageLogged;
    private long droppedBeforeOutage;
    private long failedLogged;
    private long failureLoggedNanos = System.nanoTime() - FAILURE_LOG_NANOS;

    Deliveries(String topic, int bufferBytes, Duration acknowledgementTimeout) {
        this.topic = topic;
        this.bufferBytes = bufferBytes;
        this.acknowledgementTimeout = acknowledgementTimeout;
    }

    /** A record waits from now on, until {@link #completed}. */
    void accepted() {
        if (waiting.getAndIncrement() == 0 && !failing) {
            progressNanos = System.nanoTime();
        }
    }

    /** One partition has written a record. */
    void acknowledged(OutgoingRecord outgoing) {
        long now = System.nanoTime();
        progressNanos = now;
        acknowledgedNanos = now;
        failing = false;
        lastProblem = NONE;
        counter(outgoing).acknowledged.increment();
    }

    /** One partition has refused a record, or the client has given it up. */
    void failed(OutgoingRecord outgoing, Exception failure) {
        lastFailure = cause(failure);
        lastProblem = lastFailure;
        failing = true;
        counter(outgoing).failed.increment();
    }

    /** A record waits no longer: each of its partitions has answered. */
    void completed() {
        waiting.decrementAndGet();
    }

    /** The broker did not answer or acknowledge. */
    void problem(Exception problem) {
        lastProblem = cause(problem);
    }

    private static String cause(Exception problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Logs what has changed: an outage that began or ended, records that failed. */
    void watch() {
        boolean away = away();
        if (away && !outageLogged) {
            droppedBeforeOutage = dropped();
            LOG.warnf(
                    "Kafka does not acknowledge, waiting for it; what does not fit into the buffer is dropped and"
                            + " counted: topic=%s for=%s buffer=%d bytes cause=%s",
                    topic, acknowledgementTimeout, bufferBytes, lastProblem);
        } else if (!away && outageLogged) {
            LOG.infof(
                    "Kafka acknowledges again: topic=%s dropped=%d waiting=%d",
                    topic, dropped() - droppedBeforeOutage, waiting.get());
        }
        outageLogged = away;
        long failed = records.failed.sum() + heartbeats.failed.sum();
        long now = System.nanoTime();
        if (failed > failedLogged && now - failureLoggedNanos >= FAILURE_LOG_NANOS) {
            LOG.warnf("records failed: topic=%s failed=%d cause=%s", topic, failed - failedLogged, lastFailure);
            failedLogged = failed;
            failureLoggedNanos = now;
        }
    }

    /** Whether records wait or fail, and none was acknowledged for the acknowledgement timeout. */
    boolean away() {
        return (failing || waiting.get() > 0) && System.nanoTime() - progressNanos > acknowledgementTimeout.toNanos();
    }

    DeliveryCounter counter(OutgoingRecord outgoing) {
        return outgoing.heartbeat() ? heartbeats : records;
    }

    /** What became of all records but heartbeats. */
    public DeliveryCounter.Counts records() {
        return records.counts();
    }

    /** What became of the heartbeats, which count once per partition. */
    public DeliveryCounter.Counts heartbeats() {
        return heartbeats.counts();
    }

    /** Records that are in the buffer or on their way. */
    public long waiting() {
        return waiting.get();
    }

    /** Time since the last acknowledgement, or since the start when there was none. */
    public Duration acknowledgementAge() {
        return Duration.ofNanos(System.nanoTime() - acknowledgedNanos);
    }

    /** The latest reason for which the broker did not answer or acknowledge, since it last did. */
    String lastProblem() {
        return lastProblem;
    }

    private long dropped() {
        return records.dropped.sum() + heartbeats.dropped.sum();
    }
}
