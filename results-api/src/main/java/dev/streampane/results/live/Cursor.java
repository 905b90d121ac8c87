// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
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
    record Found(Tail.Reach reach, Optional<Tail.Slice> slice) {}

    private final Tail tail;
    private final Seen seen;
    private long next;
    private long lives;

    Cursor(Tail tail, Tail.Place place) {
        this.tail = tail;
        this.seen = new Seen(place.position());
        go(place);
    }

    /** Goes to another place. */
    void go(Tail.Place place) {
        next = place.next();
        lives = place.lives();
        seen.go(place.position());
    }

    /** What comes next, at most {@code max} entries; {@link #pass} each of them, then {@link #end} the slice. */
    Found read(int max) {
        while (true) {
            Tail.Reach reach = stay();
            Tail.Slice slice = tail.read(next, max);
            boolean held = reach == Tail.Reach.HELD;
            if (held && slice.lost()) {
                reach = tail.reach(position());
            }
            // both must be of one life: numbers of an earlier one mean nothing
            if (held && tail.lives() != lives) {
                continue;
            }
            return new Found(reach, reach == Tail.Reach.HELD ? Optional.of(slice) : Optional.empty());
        }
    }

    /** Finds the place again when topics were read afresh; HELD when it is still there. */
    private Tail.Reach stay() {
        if (tail.lives() == lives) {
            return Tail.Reach.HELD;
        }
        Tail.Resumed resumed = tail.rejoin(position());
        resumed.place().ifPresent(this::go);
        return resumed.reach();
    }

    /** Goes past an entry; false when the reader had it before, so that it must not be sent. */
    boolean pass(TailEntry entry) {
        next = entry.number() + 1;
        return seen.pass(entry);
    }

    /** Goes past all of a slice, when each of its entries was passed. */
    void end(Tail.Slice slice) {
        slice.now().filter(now -> now.lives() == lives).ifPresent(this::go);
    }

    /** Number of the entry that comes next. */
    long next() {
        return next;
    }

    /** The tail's lives that the place belongs to. */
    long lives() {
        return lives;
    }

    /** The position from which a later stream goes on behind this one. */
    Position position() {
        return seen.position();
    }

    /** The same, as it is written. */
    @Override
    public String toString() {
        return seen.toString();
    }
}
