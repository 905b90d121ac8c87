// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Walks the {@link Tail} once for all clients that have reached its end, and keeps the last {@link Frame}s, bounded by number and bytes.
 *
 * <p>Frames are numbered in the order of the walk. Every reader that has reached the tail's end once has seen the same entries, namely all
 * before it, so from there on a place in the log is a number here ({@link Spot}) and nobody needs a position of their own. Nothing is walked
 * while there is nobody. Safe for use by several threads.
 */
final class Broadcaster {

    /**
     * A place of the walk.
     *
     * @param walk the walk that it belongs to; a later one has lost the place
     * @param number number of the frame that comes next
     * @param place the position there, as it is written
     */
    record Spot(int walk, long number, String place) {}

    /**
     * Frames in their order.
     *
     * @param frames some may be left out, see {@link #read}
     * @param next number from which to read on
     * @param place the position there, as it is written
     */
    record Run(List<Frame> frames, long next, String place) {}

    private static final int SLICE = 512;

    private final Tail tail;
    private final Cursor cursor;
    private final Frame[] ring;
    private final long maxBytes;
    private final Map<String, Long> newest = new HashMap<>();
    private long first;
    private long evicted;
    private long bytes;
    private int readers;
    private long end;
    private int walk;
    private volatile Spot now;

    /** What {@link #advance} found last; others who walk must not take the news from its caller. */
    private Spot told;

    Broadcaster(Tail tail, int maxFrames, long maxBytes) {
        this.tail = tail;
        this.cursor = new Cursor(tail, tail.now());
        this.ring = new Frame[maxFrames];
        this.maxBytes = maxBytes;
        this.now = new Spot(walk, end, cursor.toString());
        this.told = now;
    }

    /** Behind the last frame of the walk that is going on. */
    Spot now() {
        return now;
    }

    /** Goes on to the tail's end; whether {@link #now} is another spot than when this was called last, whoever went there. */
    synchronized boolean advance() {
        if (readers == 0) {
            return false;
        }
        walk();
        Spot before = told;
        told = now;
        return now != before;
    }

    private void walk() {
        Optional<Tail.Slice> slice;
        do {
            slice = cursor.read(SLICE).slice();
            if (slice.isEmpty()) {
                begin();
                break;
            }
            for (TailEntry entry : slice.get().entries()) {
                if (cursor.pass(entry)) {
                    add(new Frame(entry, Optional.of(cursor.toString())));
                }
            }
            cursor.end(slice.get());
        } while (slice.get().now().isEmpty());
        note();
    }

    /** One more reader, who begins at the end. */
    synchronized Spot join() {
        if (readers++ == 0) {
            begin();
        }
        walk();
        return now;
    }

    /** One reader less; to be called once per {@link #join}, whatever becomes of the spot. */
    synchronized void leave() {
        if (--readers == 0) {
            begin();
        }
    }

    /** Where a reader goes on that has reached the tail's end at {@code cursor}; nothing when it has to walk on by itself. */
    synchronized Optional<Spot> align(Cursor other) {
        if (readers == 0) {
            return Optional.empty();
        }
        walk();
        if (other.lives() != cursor.lives() || other.next() < evicted) {
            return Optional.empty();
        }
        long low = first;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (frame(middle).entry().number() < other.next()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Optional.of(new Spot(walk, low, other.toString()));
    }

    /**
     * Frames from a spot on, up to about {@code max} bytes but at least one; nothing when they are no longer kept.
     *
     * @param conflatedTo of the frames before this number those are left out of which another one before it carries a newer revision; 0: none
     */
    synchronized Optional<Run> read(int ofWalk, long from, long conflatedTo, int max) {
        if (ofWalk != walk || from < first || from >= end) {
            return Optional.empty();
        }
        List<Frame> frames = new ArrayList<>();
        long next = from;
        long size = 0;
        while (next < end && size < max) {
            Frame frame = frame(next);
            if (next++ >= conflatedTo || !frame.supersededBefore(conflatedTo)) {
                frames.add(frame);
                size += frame.entry().json().length;
            }
        }
        return Optional.of(new Run(frames, next, frame(next - 1).place()));
    }

    /** The frames from a spot up to {@code conflatedTo} that {@link #read} leaves out; nothing when they are no longer kept. */
    synchronized Optional<Run> leftOut(int ofWalk, long from, long conflatedTo) {
        if (ofWalk != walk || from < first || from >= conflatedTo || conflatedTo > end) {
            return Optional.empty();
        }
        List<Frame> frames = new ArrayList<>();
        for (long number = from; number < conflatedTo; number++) {
            if (frame(number).supersededBefore(conflatedTo)) {
                frames.add(frame(number));
            }
        }
        return Optional.of(new Run(frames, conflatedTo, frame(conflatedTo - 1).place()));
    }

    /** Loses the place of every reader. */
    private void begin() {
        while (first < end) {
            evict();
        }
        cursor.go(tail.now());
        evicted = cursor.next();
        walk++;
        note();
    }

    private void note() {
        String place = cursor.toString();
        if (now.number() != end || now.walk() != walk || !now.place().equals(place)) {
            now = new Spot(walk, end, place);
        }
    }

    private void add(Frame frame) {
        TailEntry entry = frame.entry();
        while (first < end && (end - first == ring.length || bytes + frame.heap() > maxBytes)) {
            evict();
        }
        ring[slot(end)] = frame;
        bytes += frame.heap();
        if (entry.kind() == TailEntry.Kind.WINDOW) {
            Long known = newest.get(entry.id());
            if (known == null || frame(known).entry().version() <= entry.version()) {
                newest.put(entry.id(), end);
                if (known != null) {
                    frame(known).supersededBy(end);
                }
            } else {
                frame.supersededBy(known);
            }
        }
        end++;
    }

    private void evict() {
        Frame frame = frame(first);
        ring[slot(first)] = null;
        bytes -= frame.heap();
        evicted = frame.entry().number() + 1;
        newest.remove(frame.entry().id(), first);
        first++;
    }

    private Frame frame(long number) {
        return ring[slot(number)];
    }

    private int slot(long number) {
        return (int) (number % ring.length);
    }
}
