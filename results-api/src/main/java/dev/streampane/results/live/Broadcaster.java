// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.StreamConfig;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.Ring;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one {@link Frame} of each entry of the {@link Tail} for all clients that have reached the tail's end, and keeps the last frames, bounded
 * by number and bytes.
 *
 * <p>Frames are numbered in the order in which entries are appended. All readers that have reached the tail's end have seen the same entries: all
 * before it. So from then on their place in the log is a frame number ({@link FramePosition}), and none tracks its own position. No frames are made
 * while there are no readers. Guarded by the tail, and safe for use by several threads.
 */
final class Broadcaster {

    /**
     * A place among the frames.
     *
     * @param epoch the epoch that it belongs to; the place is lost in later epochs
     * @param number number of the next frame
     * @param place the {@link Position} there, as text
     */
    record FramePosition(int epoch, long number, String place) {}

    /**
     * Frames, ordered by number.
     *
     * @param frames the frames; conflated ones are left out, see {@link #read}
     * @param next number from which to read on
     * @param place the {@link Position} there, as text
     * @param encoded cache of all frames encoded in a format; used by one event loop
     */
    record Batch(List<Frame> frames, long next, String place, Map<Format, Buffer> encoded) {

        private Batch(List<Frame> frames, long next, String place) {
            this(frames, next, place, new EnumMap<>(Format.class));
        }

        /** All frames in one buffer, which may be written to several clients. */
        Buffer bytes(Format format) {
            return encoded.computeIfAbsent(format, wanted -> wanted.joined(frames));
        }
    }

    private static final int SLICE = 256;

    private final Tail tail;
    private PositionTracker tracker;
    private final Ring<Frame> ring = new Ring<>();
    private final int maxFrames;
    private final long maxBytes;
    private final Map<String, Long> newest = new HashMap<>();
    private final Map<EventLoop, EventLoopStreams> loops = new ConcurrentHashMap<>();
    private long first;
    private long evicted;
    private long bytes;
    private int readers;
    private long end;
    private int epoch;
    private long tailEpoch;
    private volatile FramePosition now;

    /** The value of {@link #now} when streams were last woken. */
    private FramePosition shown;

    Broadcaster(Tail tail, int maxFrames, long maxBytes) {
        this.tail = tail;
        this.tracker = new PositionTracker(tail.reached());
        this.maxFrames = maxFrames;
        this.maxBytes = maxBytes;
        this.now = new FramePosition(epoch, end, tracker.toString());
        tail.onAppend(entry -> {
            if (readers > 0 && tail.epoch() == tailEpoch) {
                append(entry);
            }
        });
    }

    /** The place after the last published frame. */
    FramePosition now() {
        return now;
    }

    /** Makes a frame of an entry that readers have not seen; they get it together with the others of its poll, see {@link #publish}. */
    private void append(TailEntry entry) {
        if (!tracker.advance(entry)) {
            return;
        }
        Frame frame = new Frame(entry, tracker.toString());
        while (ring.size() > 0 && (ring.size() == maxFrames || bytes + frame.heap() > maxBytes)) {
            evict();
        }
        ring.add(frame);
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

    /** Publishes the new frames and wakes the streams, unless nothing has changed since the last time. */
    void publish() {
        synchronized (tail) {
            if (readers > 0) {
                moveOn();
            }
            if (now.equals(shown)) {
                return;
            }
            shown = now;
        }
        wake();
    }

    /** Moves {@link #now} to the tail's end. */
    private void moveOn() {
        if (tail.epoch() != tailEpoch && !goOn()) {
            begin();
        }
        tracker = new PositionTracker(tail.reached());
        now = new FramePosition(epoch, end, tracker.toString());
    }

    /** After a topic was loaded again: makes frames of the entries that readers have not seen; false when the tail does not have all of them. */
    private boolean goOn() {
        Tail.Slice slice;
        do {
            slice = tail.read(tracker.position(), SLICE);
            tracker = new PositionTracker(slice.from());
            for (TailEntry entry : slice.entries()) {
                append(entry);
            }
        } while (slice.reach() == Reach.HELD && slice.now().isEmpty());
        tailEpoch = tail.epoch();
        return slice.reach() == Reach.HELD;
    }

    /** Wakes all streams. */
    void wake() {
        loops.values().forEach(EventLoopStreams::wake);
    }

    /** The streams of an event loop. */
    EventLoopStreams loop(EventLoop thread, StreamConfig config) {
        return loops.computeIfAbsent(thread, key -> new EventLoopStreams(key, this, config));
    }

    /** Adds a reader; returns the place at the end, where it begins. */
    FramePosition join() {
        synchronized (tail) {
            if (readers++ == 0) {
                begin();
            }
            moveOn();
            return now;
        }
    }

    /** Removes a reader; to be called once per {@link #join}. */
    void leave() {
        synchronized (tail) {
            if (--readers == 0) {
                begin();
            }
        }
    }

    /** The frame position of a reader that has {@code reached} the tail's end; empty when the frames from there on are not kept. */
    Optional<FramePosition> align(Tail.Place reached) {
        synchronized (tail) {
            if (readers == 0) {
                return Optional.empty();
            }
            moveOn();
            if (reached.epoch() != tailEpoch || reached.next() < evicted) {
                return Optional.empty();
            }
            long next = first + ring.find(frame -> frame.entry().number(), reached.next());
            return Optional.of(new FramePosition(epoch, next, reached.position().toString()));
        }
    }

    /**
     * Frames from a place on, up to about {@code max} bytes but at least one; empty when they are no longer kept.
     *
     * @param conflatedTo a frame before this number is left out when another frame before this number has a newer revision of its window; 0: none is
     */
    Optional<Batch> read(int ofEpoch, long from, long conflatedTo, int max) {
        synchronized (tail) {
            long published = now.number();
            if (ofEpoch != epoch || from < first || from >= published) {
                return Optional.empty();
            }
            List<Frame> frames = new ArrayList<>();
            String place = "";
            long next = from;
            for (long size = 0; next < published && size < max; next++) {
                Frame frame = ring.get((int) (next - first));
                place = frame.place();
                if (next >= conflatedTo || !frame.supersededBefore(conflatedTo)) {
                    frames.add(frame);
                    size += frame.entry().json().length;
                }
            }
            return Optional.of(new Batch(frames, next, place));
        }
    }

    /** The frames between {@code from} and {@code conflatedTo} that {@link #read} leaves out; empty when they are no longer kept. */
    Optional<Batch> leftOut(int ofEpoch, long from, long conflatedTo) {
        List<Frame> frames = new ArrayList<>();
        synchronized (tail) {
            if (ofEpoch != epoch || from < first || from >= conflatedTo || conflatedTo > end) {
                return Optional.empty();
            }
            for (long number = from; number < conflatedTo; number++) {
                frames.add(frame(number));
            }
        }
        String place = frames.get(frames.size() - 1).place();
        frames.removeIf(frame -> !frame.supersededBefore(conflatedTo)); // outside the lock
        return Optional.of(new Batch(frames, conflatedTo, place));
    }

    /** Begins an epoch after all entries of the tail: all readers lose their places. */
    private void begin() {
        while (first < end) {
            evict();
        }
        evicted = tail.now().next();
        tailEpoch = tail.epoch();
        epoch++;
    }

    private void evict() {
        Frame frame = ring.remove();
        bytes -= frame.heap();
        evicted = frame.entry().number() + 1;
        newest.remove(frame.entry().id(), first);
        first++;
    }

    private Frame frame(long number) {
        return ring.get((int) (number - first));
    }
}
