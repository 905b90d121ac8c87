// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
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
 * A stream that is not at the end: its client resumes, or is behind what the {@link Broadcaster} keeps. It reads the {@link Tail} by itself, and
 * older records from the log, one batch at a time. At the end it becomes a {@link LiveStage}.
 *
 * <p>The next batch of the log is requested when the connection has taken the last one; a batch that the connection does not take soon is dropped
 * and requested again. In the tail, a stream that has fallen behind is conflated, see {@link LiveStage}; one that resumes gets every revision.
 */
final class BehindStage implements Stage {

    private static final int SLICE = 256;
    private static final int SLICES_PER_ROUND = 8;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private PositionTracker tracker;
    private final boolean slow;

    /** The next batch of the log, once it has arrived. */
    private Optional<CatchUpReader.Batch> batch = Optional.empty();

    private Iterator<TailEntry> unsent = Collections.emptyIterator();
    private long notBefore = System.nanoTime();

    /** Whether the last read was of the tail, not of the log. */
    private boolean inTail;

    private long conflatedTo;
    private long announcedTo;

    /**
     * @param from what the client has seen, for every topic that is followed
     * @param slow whether the stream was live and has fallen behind
     */
    BehindStage(Position from, boolean slow) {
        this.tracker = new PositionTracker(from);
        this.slow = slow;
    }

    /** A stream from the position that a client sent; topics that it leaves out go on from now. */
    static BehindStage asked(Tail tail, Position wanted) {
        List<TopicPosition> topics = new ArrayList<>(wanted.topics());
        tail.reached().topics().stream()
                .filter(topic -> wanted.topic(topic.name()).isEmpty())
                .forEach(topics::add);
        return new BehindStage(new Position(topics), false);
    }

    /** A stream from a place that another stage had. */
    static BehindStage at(String place, boolean slow) {
        return new BehindStage(Position.parse(place).orElseThrow(), slow);
    }

    @Override
    public Stage run(StreamClient client) {
        for (int slices = 0; slices < SLICES_PER_ROUND; slices++) {
            if (client.asking() || client.connection().full()) {
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
            String principal = client.request().access().name();
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
            tracker = new PositionTracker(found.behind());
            batch = Optional.empty();
        }
    }

    /** Sends the next entries of the tail; returns the stage to go on with when these were the last ones. */
    private Optional<Stage> send(StreamClient client, Tail.Slice slice) {
        tracker = new PositionTracker(slice.from());
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
        tracker = new PositionTracker(slice.now().get().position());
        Broadcaster broadcaster = client.feed().broadcaster();
        return broadcaster.align(slice.now().get()).map(place -> new LiveStage(broadcaster, place));
    }

    /** Writes the entries that the client wants and has not seen; false when the connection is full before all were written. */
    private boolean write(StreamClient client, Iterator<TailEntry> entries, Predicate<TailEntry> wanted) {
        while (entries.hasNext()) {
            if (client.connection().full()) {
                return false;
            }
            List<Frame> frames = new ArrayList<>();
            for (int bytes = 0; bytes < EventWriter.BATCH_BYTES && entries.hasNext(); ) {
                TailEntry entry = entries.next();
                if (tracker.advance(entry) && client.request().takes(entry) && wanted.test(entry)) {
                    frames.add(new Frame(entry, tracker.toString()));
                    bytes += entry.json().length;
                }
            }
            client.writer().frames(frames);
        }
        return true;
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

    /**
     * Whether the entry is conflated: a newer revision of its window was in the tail when this stream began to read it. Revisions that come later
     * do not count, so that the announced number stays true.
     */
    private boolean leftOut(StreamClient client, TailEntry entry) {
        return entry.number() < Math.min(announcedTo, conflatedTo)
                && entry.kind() == TailEntry.Kind.WINDOW
                && client.feed().tail().index().revisions(entry.id(), entry.version()).stream()
                        .anyMatch(newer -> newer.number() < conflatedTo);
    }
}
