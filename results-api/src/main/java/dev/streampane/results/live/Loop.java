// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The streams of one event loop: they are woken together, not more often than every few ms, and share what one {@link Turn} reads.
 *
 * <p>All methods but {@link #wake} and {@link #execute} run on the loop's thread.
 */
final class Loop {

    private static final Logger LOG = Logger.getLogger(Loop.class);
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final EventLoop thread;
    private final Broadcaster broadcaster;
    private final Set<StreamClient> clients = new LinkedHashSet<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final long tickMillis;
    private volatile long lastTurn = System.nanoTime() - GAP_NANOS;
    private boolean ticking;
    private volatile boolean empty = true;

    Loop(EventLoop thread, Broadcaster broadcaster, long tickMillis) {
        this.thread = thread;
        this.broadcaster = broadcaster;
        this.tickMillis = tickMillis;
    }

    void add(StreamClient client) {
        clients.add(client);
        empty = false;
        if (!ticking) {
            ticking = true;
            thread.schedule(this::tick, tickMillis, TimeUnit.MILLISECONDS);
        }
    }

    void remove(StreamClient client) {
        clients.remove(client);
        empty = clients.isEmpty();
    }

    /** Says that there may be more for its clients; by any thread. */
    void wake() {
        if (!empty && awake.compareAndSet(false, true)) {
            long wait = GAP_NANOS - (System.nanoTime() - lastTurn);
            if (wait > 0) {
                thread.schedule(this::goRound, wait, TimeUnit.NANOSECONDS);
            } else {
                thread.execute(this::goRound);
            }
        }
    }

    /** Runs {@code task} on the loop's thread; by any thread. */
    void execute(Runnable task) {
        thread.execute(task);
    }

    /** Lets one client go on now. */
    void goOn(StreamClient client) {
        client.turn(new Turn(broadcaster));
    }

    private void goRound() {
        awake.set(false);
        Turn turn = new Turn(broadcaster);
        for (StreamClient client : clients.toArray(StreamClient[]::new)) {
            safely(() -> client.turn(turn));
        }
        lastTurn = System.nanoTime();
    }

    private void tick() {
        long now = System.nanoTime();
        for (StreamClient client : clients.toArray(StreamClient[]::new)) {
            safely(() -> client.tick(now));
        }
        ticking = !clients.isEmpty();
        if (ticking) {
            thread.schedule(this::tick, tickMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** What goes wrong with one client does not stop the others. */
    private static void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "A stream failed, and could not be ended");
        }
    }
}
