// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.TailEntry;

/** One entry as it is sent, with the position after it. Safe for use by several threads. */
final class Frame {

    private static final int OBJECT_OVERHEAD_BYTES = 200;

    private final TailEntry entry;
    private final String place;
    private final byte[] id;
    private volatile long superseded = Long.MAX_VALUE;

    /**
     * @param place the position after the entry; empty for entries from which no client can resume
     */
    Frame(TailEntry entry, String place) {
        this.entry = entry;
        this.place = place;
        this.id = Format.ascii(place);
    }

    TailEntry entry() {
        return entry;
    }

    /** The position after the entry. */
    String place() {
        return place;
    }

    /** The position after the entry, as it is sent; not to be changed. */
    byte[] id() {
        return id;
    }

    /** Notes that the frame with that number has a newer revision of the same window. */
    void supersededBy(long number) {
        superseded = Math.min(superseded, number);
    }

    /** Whether a frame before {@code number} has a newer revision of the same window. */
    boolean supersededBefore(long number) {
        return superseded < number;
    }

    /** Approximate heap in bytes, that of the entry included, which the tail may have evicted. */
    long heap() {
        return 2L * (entry.json().length + id.length) + OBJECT_OVERHEAD_BYTES;
    }
}
