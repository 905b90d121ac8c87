// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.Optional;

/** How far one reader of the {@link Tail} has come: its place there and its position in the log. Used by one thread at a time. */
final class Cursor {

    /**
     * What comes next.
     *
     * @param reach whether it is in the tail
     * @param slice it, exactly when {@code reach} is HELD
     */
    record ReadResult(Reach reach, Optional<Tail.Slice> slice) {}

    private final Tail tail;
    private final PositionTracker tracker;
    private long next;
    private long epoch;

    Cursor(Tail tail, Tail.Place place) {
        this.tail = tail;
        this.tracker = new PositionTracker(place.position());
        seek(place);
    }

    /** Moves to another place. */
    void seek(Tail.Place place) {
        next = place.next();
        epoch = place.epoch();
        tracker.seek(place.position());
    }

    /** What comes next, at most {@code max} entries; {@link #advance} past each of them, then {@link #end} the slice. */
    ReadResult read(int max) {
        while (true) {
            Reach reach = stay();
            Tail.Slice slice = tail.read(next, max);
            boolean held = reach == Reach.HELD;
            if (held && slice.lost()) {
                reach = tail.reach(position());
            }
            // both must be of one epoch: numbers of an earlier one mean nothing
            if (held && tail.epoch() != epoch) {
                continue;
            }
            return new ReadResult(reach, reach == Reach.HELD ? Optional.of(slice) : Optional.empty());
        }
    }

    /** Finds the place again when topics were read afresh; HELD when it is still there. */
    private Reach stay() {
        if (tail.epoch() == epoch) {
            return Reach.HELD;
        }
        Tail.ResumePoint resumed = tail.resume(position());
        resumed.place().ifPresent(this::seek);
        return resumed.reach();
    }

    /** Advances past an entry; false when the reader had it before, so that it must not be sent. */
    boolean advance(TailEntry entry) {
        next = entry.number() + 1;
        return tracker.advance(entry);
    }

    /** Advances past all of a slice, when the reader is past each of its entries. */
    void end(Tail.Slice slice) {
        slice.now().filter(now -> now.epoch() == epoch).ifPresent(this::seek);
    }

    /** Number of the entry that comes next. */
    long next() {
        return next;
    }

    /** The tail's epoch that the place belongs to. */
    long epoch() {
        return epoch;
    }

    /** The position from which a later stream goes on behind this one. */
    Position position() {
        return tracker.position();
    }

    /** The same, as it is written. */
    @Override
    public String toString() {
        return tracker.toString();
    }
}
