// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A stream that is not at the end: it resumes, or has fallen out of what the {@link Broadcaster} keeps. It reads the {@link Tail} by itself,
 * and what lies behind that from the log, one batch at a time. At the end it becomes {@link LiveStage}.
 *
 * <p>The next batch of the log is asked for when the connection has taken the last one; a batch that it does not take soon is dropped and asked
 * for again. In the tail a stream that has fallen behind is conflated, see {@link LiveStage}; one that resumes gets every revision.
 */
final class BehindStage implements Stage {

    private static final int SLICE = 256;
    private static final int SLICES_PER_ROUND = 8;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PositionTracker tracker;
    private final boolean slow;

    /** What the log has next. */
    private Optional<CatchUpReader.Batch> batch = Optional.empty();

    private Iterator<TailEntry> unsent = Collections.emptyIterator();
    private long notBefore = System.nanoTime();

    /** Whether the last thing read was of the tail. */
    private boolean inTail;

    private long conflatedTo;
    private long announcedTo;

    /**
     * @param from what the client has seen, of every topic that is followed
     * @param slow whether it is here because it has fallen behind
     */
    BehindStage(Position from, boolean slow) {
        this.tracker = new PositionTracker(from);
        this.slow = slow;
    }

    /** A client's own position; topics that it leaves out go on from now. */
    static BehindStage asked(Tail tail, Position wanted) {
        List<Position.Topic> topics = new ArrayList<>(wanted.topics());
        tail.reached().topics().stream()
                .filter(topic -> wanted.topic(topic.name()).isEmpty())
                .forEach(topics::add);
        return new BehindStage(Position.of(topics), false);
    }

    /** The place of a client that was there before. */
    static BehindStage at(String place, boolean slow) {
        return new BehindStage(Position.parse(place).orElseThrow(), slow);
    }

    @Override
    public Stage run(StreamClient client) {
        for (int slices = 0; slices < SLICES_PER_ROUND; slices++) {
            if (client.asking() || client.full()) {
                return this;
            }
            if (batch.isPresent()) {
                if (batch.get().gone().isPresent()) {
                    return client.reset(batch.get().gone().get());
                }
                sendBatch(client, batch.get());
                continue;
            }
            Tail.Slice slice = client.feed().tail().read(tracker.position(), SLICE);
            switch (slice.reach()) {
                case HELD -> {
                    Optional<Stage> live = send(client, slice);
                    if (live.isPresent()) {
                        return live.get();
                    }
                }
                case OLDER -> {
                    inTail = false;
                    askTheLog(client);
                    return this;
                }
                case AHEAD, RECREATED, FOREIGN -> {
                    return new AheadStage(tracker.position(), slow);
                }
            }
        }
        client.again();
        return this;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(tracker.toString());
    }

    @Override
    public void relieve(long stuckNanos) {
        batch = Optional.empty();
        unsent = Collections.emptyIterator();
    }

    private void askTheLog(StreamClient client) {
        if (System.nanoTime() - notBefore >= 0) {
            String principal = client.request().filter().access().name();
            client.ask(client.feed().catchUp().next(tracker.position(), principal), found -> {
                unsent = found.entries().iterator();
                batch = Optional.of(found);
            });
        }
    }

    private void sendBatch(StreamClient client, CatchUpReader.Batch found) {
        if (write(client, unsent, entry -> true)) {
            if (found.entries().isEmpty()
                    && tracker.toString().equals(found.behind().toString())) {
                notBefore = System.nanoTime() + PAUSE_NANOS;
            }
            tracker.seek(found.behind());
            batch = Optional.empty();
        }
    }

    /** Sends what the tail has next; where the stream goes on when that was the end. */
    private Optional<Stage> send(StreamClient client, Tail.Slice slice) {
        tracker.seek(slice.from());
        if (!inTail) {
            inTail = true;
            conflatedTo = slow ? client.feed().tail().now().next() : 0;
            announcedTo = 0;
        }
        if (slow) {
            announce(client, slice.entries());
        }
        if (!write(client, slice.entries().iterator(), entry -> !leftOut(client, entry))
                || slice.now().isEmpty()) {
            return Optional.empty();
        }
        tracker.seek(slice.now().get().position());
        Broadcaster broadcaster = client.feed().broadcaster();
        return broadcaster.align(slice.now().get()).map(place -> new LiveStage(broadcaster, place));
    }

    /** Writes what the client has not seen, and wants; whether the connection took all of it. */
    private boolean write(StreamClient client, Iterator<TailEntry> entries, Predicate<TailEntry> wanted) {
        return client.writer()
                .entries(
                        entries,
                        entry -> tracker.advance(entry) && client.request().takes(entry) && wanted.test(entry),
                        tracker::toString);
    }

    private void announce(StreamClient client, List<TailEntry> entries) {
        if (entries.isEmpty() || entries.get(0).number() < announcedTo) {
            return;
        }
        announcedTo = entries.get(entries.size() - 1).number() + 1;
        PositionTracker ahead = new PositionTracker(tracker.position());
        long leftOut = entries.stream()
                .filter(ahead::advance)
                .filter(entry -> client.request().takes(entry) && leftOut(client, entry))
                .count();
        client.writer().conflated(tracker.toString(), ahead.toString(), leftOut);
    }

    /** Whether a newer revision of the window was there when the client came here; what comes later changes nothing that was announced. */
    private boolean leftOut(StreamClient client, TailEntry entry) {
        return entry.number() < Math.min(announcedTo, conflatedTo)
                && entry.kind() == TailEntry.Kind.WINDOW
                && client.feed().tail().index().revisions(entry.id(), entry.version()).stream()
                        .anyMatch(newer -> newer.number() < conflatedTo);
    }
}
