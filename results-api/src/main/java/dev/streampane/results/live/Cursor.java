// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.Optional;

/** How far one reader of the {@link Tail} has come: its place there and its position in the log. Used by one thread at a time. */
final class Cursor {

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

    /**
     * What comes next, at most {@code max} entries; {@link #advance} past each of them, then {@link #end} the slice. Nothing when the tail does
     * not hold the place.
     */
    Optional<Tail.Slice> read(int max) {
        while (true) {
            if (tail.epoch() != epoch) {
                Optional<Tail.Place> place = tail.resume(position()).place();
                if (place.isEmpty()) {
                    return Optional.empty();
                }
                seek(place.get());
            }
            Tail.Slice slice = tail.read(next, max);
            boolean held = !slice.lost() || tail.reach(position()) == Reach.HELD;
            // all of it must be of one epoch: numbers of an earlier one mean nothing
            if (tail.epoch() == epoch) {
                return held ? Optional.of(slice) : Optional.empty();
            }
        }
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
