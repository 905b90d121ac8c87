// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.List;
import java.util.Optional;

/**
 * A stream that reads the {@link Tail} by itself, because it resumes before the end or has fallen out of what the
 * {@link Broadcaster} keeps. At the end it becomes {@link LiveStage}.
 *
 * <p>One that has fallen behind is conflated, see {@link LiveStage}; one that resumes gets every revision.
 */
final class TailStage implements Stage {

    private static final int SLICE = 256;
    private static final int SLICES_PER_ROUND = 8;

    private final Cursor cursor;
    private final boolean slow;
    private final long conflatedTo;
    private long announcedTo;

    /**
     * @param slow whether the client has fallen behind
     */
    TailStage(Tail tail, Tail.Place place, boolean slow) {
        this.cursor = new Cursor(tail, place);
        this.slow = slow;
        this.conflatedTo = slow ? tail.now().next() : 0;
    }

    @Override
    public Stage run(StreamClient client) {
        for (int slices = 0; slices < SLICES_PER_ROUND; slices++) {
            if (client.full()) {
                return this;
            }
            Optional<Tail.Slice> slice = cursor.read(SLICE);
            if (slice.isEmpty()) {
                return new ResumeStage(cursor.position(), slow);
            }
            List<TailEntry> entries = slice.get().entries();
            if (slow) {
                announce(client, entries);
            }
            if (!client.writer()
                    .entries(
                            entries.iterator(),
                            entry -> cursor.advance(entry) && client.request().takes(entry) && !leftOut(client, entry),
                            cursor::toString)) {
                return this;
            }
            cursor.end(slice.get());
            if (slice.get().now().isPresent()) {
                Broadcaster broadcaster = client.feed().broadcaster();
                Optional<Broadcaster.FramePosition> place = broadcaster.align(cursor);
                if (place.isPresent()) {
                    return new LiveStage(broadcaster, place.get());
                }
            }
        }
        client.again();
        return this;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(cursor.toString());
    }

    private void announce(StreamClient client, List<TailEntry> entries) {
        if (entries.isEmpty() || entries.get(0).number() < announcedTo) {
            return;
        }
        announcedTo = entries.get(entries.size() - 1).number() + 1;
        PositionTracker ahead = new PositionTracker(cursor.position());
        long leftOut = entries.stream()
                .filter(ahead::advance)
                .filter(entry -> client.request().takes(entry) && leftOut(client, entry))
                .count();
        client.writer().conflated(cursor.toString(), ahead.toString(), leftOut);
    }

    /** Whether a newer revision of the window was there when this stage began; what comes later changes nothing that was announced. */
    private boolean leftOut(StreamClient client, TailEntry entry) {
        return entry.number() < Math.min(announcedTo, conflatedTo)
                && entry.kind() == TailEntry.Kind.WINDOW
                && client.feed().tail().index().revisions(entry.id(), entry.version()).stream()
                        .anyMatch(newer -> newer.number() < conflatedTo);
    }
}
