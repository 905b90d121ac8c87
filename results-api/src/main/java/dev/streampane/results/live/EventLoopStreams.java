// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.StreamConfig;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The streams of one event loop. They are woken together, at most once every few ms, and share the batches that are read in one round.
 *
 * <p>All methods but {@link #wake} run on the loop's thread.
 */
final class EventLoopStreams {

    private static final Logger LOG = Logger.getLogger(EventLoopStreams.class);
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_TICK_MILLIS = 1_000;

    private record BatchKey(int epoch, long from, long conflatedTo) {}

    private final EventLoop thread;
    private final Broadcaster broadcaster;
    private final Set<StreamClient> clients = new LinkedHashSet<>();
    private final Map<BatchKey, Optional<Broadcaster.Batch>> batches = new HashMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final long tickMillis;
    private volatile long lastRound = System.nanoTime() - GAP_NANOS;
    private boolean ticking;
    private volatile boolean empty = true;

    EventLoopStreams(EventLoop thread, Broadcaster broadcaster, StreamConfig config) {
        this.thread = thread;
        this.broadcaster = broadcaster;
        long shorter =
                Math.min(config.heartbeat().toMillis(), config.stallTimeout().toMillis());
        this.tickMillis = Math.min(shorter / 4, LONGEST_TICK_MILLIS);
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

    /** Schedules a round, as there may be more to send; may be called by any thread. */
    void wake() {
        if (!empty && awake.compareAndSet(false, true)) {
            long wait = GAP_NANOS - (System.nanoTime() - lastRound);
            if (wait > 0) {
                thread.schedule(this::runRound, wait, TimeUnit.NANOSECONDS);
            } else {
                thread.execute(this::runRound);
            }
        }
    }

    /** Runs one client now. */
    void run(StreamClient client) {
        try {
            client.run();
        } finally {
            batches.clear();
        }
    }

    /** A batch of {@link Broadcaster#read}, read once per round for all clients that ask for the same one. */
    Optional<Broadcaster.Batch> batch(int epoch, long from, long conflatedTo) {
        return batches.computeIfAbsent(
                new BatchKey(epoch, from, conflatedTo),
                key -> broadcaster.read(epoch, from, conflatedTo, EventWriter.BATCH_BYTES));
    }

    private void runRound() {
        awake.set(false);
        forEach(StreamClient::run);
        batches.clear();
        lastRound = System.nanoTime();
    }

    private void tick() {
        long now = System.nanoTime();
        forEach(client -> client.tick(now));
        ticking = !clients.isEmpty();
        if (ticking) {
            thread.schedule(this::tick, tickMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** A failure of one client does not stop the others. */
    private void forEach(Consumer<StreamClient> task) {
        for (StreamClient client : clients.toArray(StreamClient[]::new)) {
            try {
                task.accept(client);
            } catch (RuntimeException | Error e) {
                LOG.errorf(e, "A stream failed, and could not be ended");
            }
        }
    }
}
