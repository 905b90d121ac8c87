// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What is known of windows, by their ends, in as many passes over a topic as the memory asks for: the windows that end last are left for the next
 * pass where not all of them fit.
 *
 * @param <T> what is known of the windows that end at one time; all of it is held, whatever it takes
 */
final class EndPasses<T extends EndPasses.Held> {

    /** What is held in memory. */
    abstract static class Held {

        /** About how much it takes. */
        long bytes;
    }

    private final Supplier<T> nothing;
    private final Instant until;
    private final long mostBytes;
    private final NavigableMap<Instant, T> held = new TreeMap<>();
    private long bytes;

    /** The pass is about windows that end from here, inclusive, … */
    private Instant from = Instant.MIN;

    /** … to here, exclusive. */
    private Instant to;

    /**
     * @param until windows that end here or later are in no pass
     * @param mostBytes about as much memory as it may take
     */
    EndPasses(Supplier<T> nothing, Instant until, long mostBytes) {
        this.nothing = nothing;
        this.until = until;
        this.mostBytes = mostBytes;
        this.to = until;
    }

    /** Whether the pass is about windows that end then. */
    boolean isAbout(Instant end) {
        return !end.isBefore(from) && end.isBefore(to);
    }

    /** Has something added to what is known of the windows that end then, if the pass is about them. */
    void add(Instant end, Consumer<T> addition) {
        if (!isAbout(end)) {
            return;
        }
        T known = held.computeIfAbsent(end, e -> nothing.get());
        bytes -= known.bytes;
        addition.accept(known);
        bytes += known.bytes;
        while (bytes > mostBytes && held.size() > 1) {
            Map.Entry<Instant, T> last = held.pollLastEntry();
            bytes -= last.getValue().bytes;
            to = last.getKey();
        }
    }

    /** What is known, by the windows' ends. */
    Map<Instant, T> byEnd() {
        return held;
    }

    boolean isFirst() {
        return from.equals(Instant.MIN);
    }

    /** Whether there is no window left to be read of. */
    boolean isOver() {
        return !from.isBefore(until);
    }

    /** Goes on to the windows that were left. */
    void next() {
        held.clear();
        bytes = 0;
        from = to;
        to = until;
    }
}
