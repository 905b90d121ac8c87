// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A stream that reads the log behind the tail, one batch at a time, until the tail holds its place. The next batch is asked for when the
 * connection has taken the last one; a batch that it does not take soon is dropped and asked for again.
 */
final class CatchUpStage implements Stage {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PositionTracker tracker;
    private final boolean slow;
    private Optional<CatchUpReader.Batch> batch = Optional.empty();
    private int sent;
    private boolean asked;
    private long notBefore = System.nanoTime();

    CatchUpStage(Position from, boolean slow) {
        this.tracker = new PositionTracker(from);
        this.slow = slow;
    }

    @Override
    public Stage run(StreamClient client, RoundCache cache) {
        if (batch.isEmpty()) {
            if (!asked && !client.full() && System.nanoTime() - notBefore >= 0) {
                ask(client);
            }
            return this;
        }
        if (batch.get().gone().isPresent()) {
            return client.reset(batch.get().gone().get());
        }
        if (!send(client, batch.get().entries())) {
            return this;
        }
        Position behind = batch.get().behind();
        if (tracker.toString().equals(behind.toString())
                && batch.get().entries().isEmpty()) {
            notBefore = System.nanoTime() + PAUSE_NANOS;
        }
        tracker.seek(behind);
        batch = Optional.empty();
        if (client.tail().reach(behind) != Reach.OLDER) {
            return new ResumeStage(behind, slow);
        }
        client.again();
        return this;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(tracker.toString());
    }

    @Override
    public void relieve(long stuckNanos) {
        batch = Optional.empty();
    }

    private void ask(StreamClient client) {
        asked = true;
        client.ask(client.catchUp().next(tracker.position()), found -> {
            asked = false;
            sent = 0;
            batch = Optional.of(found);
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
            if (tracker.advance(entry) && client.takes(entry)) {
                frames.add(new Frame(entry, Optional.of(tracker.toString())));
                bytes += entry.json().length;
            }
            if (bytes >= RoundCache.BATCH_BYTES || sent == entries.size()) {
                client.writer().frames(frames);
                frames.clear();
                bytes = 0;
            }
        }
        return true;
    }
}
