// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Reach;
import dev.streampane.results.tail.TailEntry;
import java.util.Collections;
import java.util.Iterator;
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
    private Iterator<TailEntry> unsent = Collections.emptyIterator();
    private boolean asked;
    private long notBefore = System.nanoTime();

    CatchUpStage(Position from, boolean slow) {
        this.tracker = new PositionTracker(from);
        this.slow = slow;
    }

    @Override
    public Stage run(StreamClient client) {
        if (batch.isEmpty()) {
            if (!asked && !client.full() && System.nanoTime() - notBefore >= 0) {
                ask(client);
            }
            return this;
        }
        if (batch.get().gone().isPresent()) {
            return client.reset(batch.get().gone().get());
        }
        if (!client.writer()
                .entries(
                        unsent,
                        entry -> tracker.advance(entry) && client.request().takes(entry),
                        tracker::toString)) {
            return this;
        }
        Position behind = batch.get().behind();
        if (tracker.toString().equals(behind.toString())
                && batch.get().entries().isEmpty()) {
            notBefore = System.nanoTime() + PAUSE_NANOS;
        }
        tracker.seek(behind);
        batch = Optional.empty();
        if (client.feed().tail().reach(behind) != Reach.OLDER) {
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
        unsent = Collections.emptyIterator();
    }

    private void ask(StreamClient client) {
        asked = true;
        String principal = client.request().filter().access().name();
        client.ask(client.feed().catchUp().next(tracker.position(), principal), found -> {
            asked = false;
            unsent = found.entries().iterator();
            batch = Optional.of(found);
        });
    }
}
