// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

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

    /** Number of the preview that comes next; -1: none was looked for. */
    private long previewsFrom = -1;

    /** From {@code spot} on; somebody must be among the broadcaster's readers. */
    LiveStage(Broadcaster broadcaster, Broadcaster.FramePosition spot) {
        this.broadcaster = broadcaster;
        this.epoch = spot.epoch();
        this.number = spot.number();
        this.place = spot.place();
    }

    @Override
    public Stage run(StreamClient client) {
        for (int batches = 0; batches < BATCHES_PER_ROUND; batches++) {
            Broadcaster.FramePosition now = broadcaster.now();
            if (now.epoch() != epoch) {
                return BehindStage.at(place, held);
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
                if (held && now.number() - number > client.feed().config().buffer()) {
                    conflate(client, now.number());
                }
            }
            Optional<Broadcaster.Batch> next = client.loop().batch(epoch, number, conflatedTo);
            if (next.isEmpty()) {
                return BehindStage.at(place, true);
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

    /** Sends previews that the client wants, and that no result has overtaken. */
    private void sendPreviews(StreamClient client) {
        if (!client.request().emit().previews()) {
            return;
        }
        Previews previews = client.feed().previews();
        if (previewsFrom < 0) {
            previewsFrom = previews.end();
        }
        if (previewsFrom < previews.end() && !client.full()) {
            Previews.Batch next = previews.read(previewsFrom);
            client.writer()
                    .previews(next.frames().stream()
                            .filter(frame -> client.request().filter().takes(frame.entry()))
                            .filter(frame -> previews.holds(frame.entry()))
                            .toList());
            previewsFrom = next.next();
            if (previewsFrom < previews.end()) {
                client.again();
            }
        }
    }

    private void send(StreamClient client, Broadcaster.Batch next) {
        if (!client.takesAll()) {
            client.writer()
                    .frames(next.frames().stream()
                            .filter(frame -> client.request().takes(frame.entry()))
                            .toList());
        } else if (!next.frames().isEmpty()) {
            client.writer()
                    .write(next.bytes(client.request().format()), next.frames().size());
        }
        number = next.next();
        place = next.place();
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
                                    .filter(frame -> client.request().takes(frame.entry()))
                                    .count());
        }
    }
}
