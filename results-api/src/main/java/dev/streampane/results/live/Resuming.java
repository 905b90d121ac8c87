// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A stream that looks for its place: in the tail, in the log, or a moment later when another process was ahead of this one. */
final class Resuming implements Stage {

    private static final long AHEAD_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Position wanted;
    private final boolean slow;
    private final long deadline = System.nanoTime() + AHEAD_NANOS;

    /**
     * @param wanted what the client has seen, of every topic that is followed
     * @param slow whether it is here because it has fallen behind
     */
    Resuming(Position wanted, boolean slow) {
        this.wanted = wanted;
        this.slow = slow;
    }

    /** A client's own position; topics that it leaves out go on from now. */
    static Resuming asked(Tail tail, Position wanted) {
        List<Position.Topic> topics = new ArrayList<>(wanted.topics());
        tail.position().topics().stream()
                .filter(topic -> wanted.topic(topic.name()).isEmpty())
                .forEach(topics::add);
        return new Resuming(Position.of(topics), false);
    }

    /** The place of a client that was there before. */
    static Resuming at(String place, boolean slow) {
        return new Resuming(Position.parse(place).orElseThrow(), slow);
    }

    @Override
    public Stage go(StreamClient client, Turn turn) {
        Tail.Resumed resumed = client.tail().rejoin(wanted);
        if (resumed.place().isPresent()) {
            return new Walking(client.tail(), resumed.place().get(), slow);
        }
        if (resumed.reach() == Tail.Reach.OLDER) {
            return new CatchingUp(wanted, slow);
        }
        return resumed.reach() == Tail.Reach.AHEAD && System.nanoTime() < deadline
                ? this
                : client.reset(ResetReason.of(resumed.reach()));
    }

    @Override
    public Optional<String> place() {
        return Optional.empty();
    }
}
