// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.util.ExceptionUtil;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Counts what becomes of the records of a {@link TopicPublisher}, and tells whether the broker acknowledges. One WARN line says
 * that an outage began, one INFO line that it ended and how many records were dropped.
 *
 * <p>Safe for several threads; only one of them may call {@link #watch}.
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

    /** A record is in the buffer, and waits until {@link #completed}. */
    void accepted() {
        if (waiting.getAndIncrement() == 0 && !failing) {
            progressNanos = System.nanoTime();
        }
    }

    /** A record was written to one partition. */
    void acknowledged(OutgoingRecord outgoing) {
        long now = System.nanoTime();
        progressNanos = now;
        acknowledgedNanos = now;
        failing = false;
        lastProblem = NONE;
        counter(outgoing).acknowledged.increment();
    }

    /** A record failed for one partition: the broker refused it or the client gave up. */
    void failed(OutgoingRecord outgoing, Exception failure) {
        lastFailure = cause(failure);
        lastProblem = lastFailure;
        failing = true;
        counter(outgoing).failed.increment();
    }

    /** A record no longer waits: it was acknowledged or has failed for each of its partitions. */
    void completed() {
        waiting.decrementAndGet();
    }

    /** The broker did not answer or acknowledge. */
    void problem(Exception problem) {
        lastProblem = cause(problem);
    }

    private static String cause(Exception problem) {
        Throwable root = ExceptionUtil.getRootCause(problem);
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }

    /** Logs when an outage began or ended; logs failed records at most once per minute. */
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

    /** Whether records wait or fail and none was acknowledged for longer than the acknowledgement timeout. */
    boolean away() {
        return (failing || waiting.get() > 0) && System.nanoTime() - progressNanos > acknowledgementTimeout.toNanos();
    }

    DeliveryCounter counter(OutgoingRecord outgoing) {
        return outgoing.heartbeat() ? heartbeats : records;
    }

    /** Counts of all records except heartbeats. */
    public DeliveryCounter.Counts records() {
        return records.counts();
    }

    /** Counts of the heartbeats; each counts once per partition. */
    public DeliveryCounter.Counts heartbeats() {
        return heartbeats.counts();
    }

    /** Records that are in the buffer or on their way. */
    public long waiting() {
        return waiting.get();
    }

    /** Time since the last acknowledgement; since the start if there was none. */
    public Duration acknowledgementAge() {
        return Duration.ofNanos(System.nanoTime() - acknowledgedNanos);
    }

    /** Why the broker last failed to answer or acknowledge; {@code none known} after an acknowledgement. */
    String lastProblem() {
        return lastProblem;
    }

    private long dropped() {
        return records.dropped.sum() + heartbeats.dropped.sum();
    }
}
