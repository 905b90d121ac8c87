// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A stream that reads the log behind the tail, one piece at a time, until the tail holds its place. The next piece is asked for when the
 * connection has taken the last one; a piece that it does not take soon is let go of and asked for again.
 */
final class CatchingUp implements Stage {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Seen seen;
    private final boolean slow;
    private Optional<CatchUp.Piece> piece = Optional.empty();
    private int sent;
    private boolean asked;
    private long notBefore = System.nanoTime();

    CatchingUp(Position from, boolean slow) {
        this.seen = new Seen(from);
        this.slow = slow;
    }

    @Override
    public Stage go(StreamClient client, Turn turn) {
        if (piece.isEmpty()) {
            if (!asked && !client.full() && System.nanoTime() - notBefore >= 0) {
                ask(client);
            }
            return this;
        }
        if (piece.get().gone().isPresent()) {
            return client.reset(piece.get().gone().get());
        }
        if (!send(client, piece.get().entries())) {
            return this;
        }
        Position behind = piece.get().behind();
        if (seen.toString().equals(behind.toString()) && piece.get().entries().isEmpty()) {
            notBefore = System.nanoTime() + PAUSE_NANOS;
        }
        seen.go(behind);
        piece = Optional.empty();
        if (client.tail().reach(behind) != Tail.Reach.OLDER) {
            return new Resuming(behind, slow);
        }
        client.again();
        return this;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(seen.toString());
    }

    @Override
    public void relieve(long stuckNanos) {
        piece = Optional.empty();
    }

    private void ask(StreamClient client) {
        asked = true;
        client.ask(client.catchUp().next(seen.position()), found -> {
            asked = false;
            sent = 0;
            piece = Optional.of(found);
        });
    }

    /** False when the connection is full before the end. */
    private boolean send(StreamClient client, List<TailEntry> entries) {
        List<Frame> frames = new ArrayList<>();
        int bytes = 0;
        while (sent < entries.size()) {
            if (client.full()) {
                return false;
            }
            TailEntry entry = entries.get(sent++);
            if (seen.pass(entry) && client.takes(entry)) {
                frames.add(new Frame(entry, Optional.of(seen.toString())));
                bytes += entry.json().length;
            }
            if (bytes >= Turn.RUN_BYTES || sent == entries.size()) {
                client.out().some(frames);
                frames.clear();
                bytes = 0;
            }
        }
        return true;
    }
}
