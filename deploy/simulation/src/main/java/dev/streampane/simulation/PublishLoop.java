// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Publishes one topic in real time: its thread takes each record from a {@link RecordSchedule} when it is due and hands it to the
 * {@link TopicPublisher}. When the publisher blocks, the loop falls behind the clock and catches up afterwards.
 *
 * <p>While paused, the loop still takes records from the schedule but publishes only heartbeats.
 */
public final class PublishLoop {

    private static final Logger LOG = Logger.getLogger(PublishLoop.class);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);
    private static final Duration CLOCK_CORRECTION = Duration.ofSeconds(5);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(2);

    private final RecordSchedule schedule;
    private final TopicPublisher publisher;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> changes = new ConcurrentLinkedQueue<>();
    private final List<OutgoingRecord> due = new ArrayList<>();

    private long clockMillis;

    private volatile boolean stopped;
    private volatile boolean paused;
    private volatile boolean finished;
    private volatile long rate;
    private volatile long nextDueMillis;

    /**
     * @param name name of the thread
     * @param rate rate that the schedule begins with, in records per second
     */
    public PublishLoop(String name, RecordSchedule schedule, long rate, TopicPublisher publisher) {
        this.schedule = schedule;
        this.publisher = publisher;
        this.rate = rate;
        this.nextDueMillis = schedule.nextDueMillis();
        this.thread = new Thread(this::run, name);
    }

    void start() {
        publisher.start();
        thread.start();
    }

    /** Ends the threads; if the broker answers, waits up to 2 s for the records on their way. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(1));
        if (publisher.connected() && !publisher.deliveries().away()) {
            publisher.drain(DRAIN_PATIENCE);
        }
        publisher.stop();
    }

    /** Pauses or resumes; while paused, only heartbeats are published. */
    void paused(boolean wanted) {
        paused = wanted;
    }

    public boolean paused() {
        return paused;
    }

    /**
     * Changes the rate from the next record on.
     *
     * @param wanted records per second; 0 for the periods of the configuration
     */
    public void rate(long wanted) {
        rate = wanted;
        change(() -> schedule.rate(wanted, System.currentTimeMillis()));
    }

    /** The rate that was set last, in records per second. */
    public long rate() {
        return rate;
    }

    /** Runs a change in the loop's thread, before the next record. */
    void change(Runnable change) {
        changes.add(change);
    }

    /** Whether both threads are alive; they end only on stop or on an error in this program. */
    boolean alive() {
        return thread.isAlive() && publisher.alive();
    }

    public boolean finished() {
        return finished;
    }

    public TopicPublisher publisher() {
        return publisher;
    }

    /** How far publishing is behind the clock; zero when it is not. */
    public Duration behind() {
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - nextDueMillis));
    }

    private void run() {
        try {
            while (!stopped) {
                publisher.watch();
                for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
                    change.run();
                    nextDueMillis = schedule.nextDueMillis();
                }
                publishWhatIsDue();
                TimeUnit.MILLISECONDS.sleep(untilNextDueMillis());
            }
        } catch (InterruptedException e) {
            // stop() interrupts this thread; nothing is left to do.
        }
    }

    /** Publishes until nothing is due, a change or the stop is requested, or a quarter of a second has passed. */
    private void publishWhatIsDue() throws InterruptedException {
        long now = System.currentTimeMillis();
        watchClock(now);
        long watchAt = now + WATCH_INTERVAL.toMillis();
        while (!stopped && nextDueMillis <= now && now < watchAt && changes.isEmpty()) {
            schedule.next(paused, due::add);
            nextDueMillis = schedule.nextDueMillis();
            finished = schedule.finished();
            for (OutgoingRecord outgoing : due) {
                publisher.offer(outgoing);
            }
            due.clear();
            now = System.currentTimeMillis();
        }
    }

    /** Logs a warning when the clock was set back by more than 5 s: until it has caught up, nothing is due. */
    void watchClock(long now) {
        long backMillis = clockMillis - now;
        if (backMillis > CLOCK_CORRECTION.toMillis()) {
            LOG.warnf(
                    "the clock was set back; the next records wait for their time: by=%s",
                    Duration.ofMillis(backMillis));
        }
        clockMillis = now;
    }

    private long untilNextDueMillis() {
        long millis = nextDueMillis - System.currentTimeMillis();
        return Math.max(0, Math.min(millis, WATCH_INTERVAL.toMillis()));
    }
}
