// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Data about windows, by window end, that is collected in as many passes over a topic as the memory limit makes necessary. Where not all windows
 * fit, those that end last are left for the next pass.
 *
 * @param <T> data about the windows that end at one time; a pass holds at least one of these, even when it alone is above the limit
 */
final class EndPasses<T extends EndPasses.Held> {

    /** Data that is held in memory. */
    abstract static class Held {

        /** Its estimated size. */
        long bytes;
    }

    private final Supplier<T> nothing;
    private final Instant until;
    private final long mostBytes;
    private final NavigableMap<Instant, T> held = new TreeMap<>();
    private long bytes;

    /** The current pass is about windows with an end from this time on, … */
    private Instant from = Instant.MIN;

    /** … and before this time. */
    private Instant to;

    /**
     * @param until windows that end at this time or later are in no pass
     * @param mostBytes approximate limit of the memory used
     */
    EndPasses(Supplier<T> nothing, Instant until, long mostBytes) {
        this.nothing = nothing;
        this.until = until;
        this.mostBytes = mostBytes;
        this.to = until;
    }

    /** Whether the current pass is about windows with this end. */
    boolean isAbout(Instant end) {
        return !end.isBefore(from) && end.isBefore(to);
    }

    /** Applies {@code addition} to the data of the windows with this end, if the current pass is about them. */
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

    /** The data of the current pass, by window end. */
    Map<Instant, T> byEnd() {
        return held;
    }

    boolean isFirst() {
        return from.equals(Instant.MIN);
    }

    /** Whether no windows are left to read. */
    boolean isOver() {
        return !from.isBefore(until);
    }

    /** Starts the next pass, about the windows that were left. */
    void next() {
        held.clear();
        bytes = 0;
        from = to;
        to = until;
    }
}
