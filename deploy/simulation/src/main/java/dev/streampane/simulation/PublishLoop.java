// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * One topic in real time: a thread of its own takes each record from a {@link RecordSchedule} when it is due and hands it to the
 * {@link TopicPublisher}. When the publisher makes it wait, it falls behind the clock and catches up afterwards.
 *
 * <p>While paused, the schedule goes on but only heartbeats of it are published.
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
     * @param name of the thread
     * @param rate what the schedule begins with
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

    /** Ends the thread, and waits a little for what is on its way; only a broker that answers is waited for. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(1));
        if (publisher.connected() && !publisher.deliveries().away()) {
            publisher.drain(DRAIN_PATIENCE);
        }
        publisher.stop();
    }

    /** Holds back all but heartbeats, or no longer. */
    void paused(boolean wanted) {
        paused = wanted;
    }

    public boolean paused() {
        return paused;
    }

    /** Holds from the next record on. */
    public void rate(long wanted) {
        rate = wanted;
        change(() -> schedule.rate(wanted, System.currentTimeMillis()));
    }

    /** Records per second that were asked for last. */
    public long rate() {
        return rate;
    }

    /** Runs in the loop's thread, before the next record. */
    void change(Runnable change) {
        changes.add(change);
    }

    /** Whether both threads live; they end only at a stop or by an error in this program. */
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
            // The stop: nothing more is due.
        }
    }

    /** Publishes until nothing is due or a quarter of a second has passed. */
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

    /** Says when the clock was set back by more than a correction: nothing is due then for as long. */
    void watchClock(long now) {
        long backMillis = clockMillis - now;
        if (backMillis > CLOCK_CORRECTION.toMillis()) {
            LOG.warnf(
                    "the clock was set back; what comes next waits for its time: by=%s", Duration.ofMillis(backMillis));
        }
        clockMillis = now;
    }

    private long untilNextDueMillis() {
        long millis = nextDueMillis - System.currentTimeMillis();
        return Math.max(0, Math.min(millis, WATCH_INTERVAL.toMillis()));
    }
}
