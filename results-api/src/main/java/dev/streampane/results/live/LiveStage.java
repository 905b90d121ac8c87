// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stream that has reached the end of the log once: its place is a number in the {@link Broadcaster}'s epoch, and what it sends are the
 * broadcaster's bytes.
 *
 * <p>When its connection was full and it has come more than {@code results.stream.buffer} events behind, it is conflated: what lies
 * before the end of now is sent without the revisions that a newer one among it supersedes, and {@code event: conflated} says so
 * before the first of it, so that a connection that breaks meanwhile leaves nothing unsaid.
 */
final class LiveStage implements Stage {

    private static final int BATCHES_PER_ROUND = 8;

    private final Broadcaster broadcaster;
    private final int epoch;
    private long number;
    private String place;
    private long conflatedTo;
    private boolean held;
    private OptionalLong previewsFrom = OptionalLong.empty();

    /** From now on; somebody must be among the broadcaster's readers. */
    LiveStage(Broadcaster broadcaster) {
        this(broadcaster, broadcaster.now());
    }

    LiveStage(Broadcaster broadcaster, Broadcaster.FramePosition spot) {
        this.broadcaster = broadcaster;
        this.epoch = spot.epoch();
        this.number = spot.number();
        this.place = spot.place();
    }

    @Override
    public Stage run(StreamClient client, RoundCache cache) {
        for (int batches = 0; batches < BATCHES_PER_ROUND; batches++) {
            Broadcaster.FramePosition now = broadcaster.now();
            if (now.epoch() != epoch) {
                return ResumeStage.at(place, held);
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
            Optional<RoundCache.EncodedBatch> next = cache.read(epoch, number, conflatedTo);
            if (next.isEmpty()) {
                return ResumeStage.at(place, true);
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

    private void send(StreamClient client, RoundCache.EncodedBatch next) {
        List<Frame> frames = next.batch().frames();
        if (!client.takesAll()) {
            client.writer()
                    .frames(frames.stream().filter(f -> client.takes(f.entry())).toList());
        } else if (!frames.isEmpty()) {
            client.writer().batch(next);
        }
        number = next.batch().next();
        place = next.batch().place();
    }

    private void conflate(StreamClient client, long to) {
        Optional<Broadcaster.Batch> leftOut = broadcaster.leftOut(epoch, number, to);
        if (leftOut.isPresent()) {
            conflatedTo = to;
            client.writer()
                    .conflated(
                            place,
                            leftOut.get().place(),
                            leftOut.get().frames().stream()
                                    .filter(f -> client.takes(f.entry()))
                                    .count());
        }
    }
}
