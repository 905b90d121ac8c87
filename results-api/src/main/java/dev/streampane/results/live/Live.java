// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stream that has reached the end of the log once: its place is a number in the {@link Broadcaster}'s walk, and what it sends are the
 * broadcaster's bytes.
 *
 * <p>When its connection was full and it has come more than {@code results.stream.buffer} events behind, it is conflated: what lies
 * before the end of now is sent without the revisions that a newer one among it supersedes, and {@code event: conflated} says so
 * before the first of it, so that a connection that breaks meanwhile leaves nothing unsaid.
 */
final class Live implements Stage {

    private static final int RUNS_PER_TURN = 8;

    private final Broadcaster broadcaster;
    private final int walk;
    private long number;
    private String place;
    private long conflatedTo;
    private boolean held;
    private OptionalLong previewsFrom = OptionalLong.empty();

    /** From now on; somebody must be among the broadcaster's readers. */
    Live(Broadcaster broadcaster) {
        this(broadcaster, broadcaster.now());
    }

    Live(Broadcaster broadcaster, Broadcaster.Spot spot) {
        this.broadcaster = broadcaster;
        this.walk = spot.walk();
        this.number = spot.number();
        this.place = spot.place();
    }

    @Override
    public Stage go(StreamClient client, Turn turn) {
        for (int runs = 0; runs < RUNS_PER_TURN; runs++) {
            Broadcaster.Spot now = broadcaster.now();
            if (now.walk() != walk) {
                return Resuming.at(place, held);
            }
            if (number == now.number()) {
                held = false;
                place = now.place();
                sendPreviews(client);
                return this;
            }
            if (client.full()) {
                held = true;
                return this;
            }
            if (number >= conflatedTo) {
                conflatedTo = 0;
                if (held && now.number() - number > client.buffer()) {
                    conflate(client, now.number());
                }
            }
            Optional<Turn.Shared> next = turn.read(walk, number, conflatedTo);
            if (next.isEmpty()) {
                return Resuming.at(place, true);
            }
            send(client, next.get());
        }
        client.again();
        return this;
    }

    @Override
    public Optional<String> place() {
        return Optional.of(place);
    }

    private void sendPreviews(StreamClient client) {
        if (previewsFrom.isEmpty()) {
            previewsFrom = client.previewsFrom();
        }
        if (previewsFrom.isPresent() && !client.full()) {
            previewsFrom = OptionalLong.of(client.sendPreviews(previewsFrom.getAsLong()));
        }
    }

    private void send(StreamClient client, Turn.Shared shared) {
        List<Frame> frames = shared.run().frames();
        if (!client.takesAll()) {
            client.out()
                    .some(frames.stream().filter(f -> client.takes(f.entry())).toList());
        } else if (!frames.isEmpty()) {
            client.out().all(shared);
        }
        number = shared.run().next();
        place = shared.run().place();
    }

    private void conflate(StreamClient client, long to) {
        Optional<Broadcaster.Run> leftOut = broadcaster.leftOut(walk, number, to);
        if (leftOut.isPresent()) {
            conflatedTo = to;
            client.out()
                    .conflated(
                            place,
                            leftOut.get().place(),
                            leftOut.get().frames().stream()
                                    .filter(f -> client.takes(f.entry()))
                                    .count());
        }
    }
}
