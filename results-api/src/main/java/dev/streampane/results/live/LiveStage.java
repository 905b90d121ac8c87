// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Optional;

/**
 * A stream that has reached the end of the log once: its place is a frame number in an epoch of the {@link Broadcaster}, whose frames it sends.
 *
 * <p>A stream is conflated when its connection was full and it is more than {@code results.stream.buffer} events behind: of the events up to the
 * current end, it does not send revisions that another one of these events supersedes. {@code event: conflated} is sent before the first of them,
 * so that the client knows about the gap even if the connection breaks meanwhile.
 */
final class LiveStage implements Stage {

    private static final int BATCHES_PER_ROUND = 8;

    private final Broadcaster broadcaster;
    private final int epoch;
    private long number;
    private String place;
    private long conflatedTo;
    private boolean held;

    /** Number of the next preview; -1 until the stream first looks for previews. */
    private long previewsFrom = -1;

    /** A stream from {@code spot} on; the broadcaster must have a reader. */
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
            if (client.connection().full()) {
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

    /** Sends the previews that the client wants, of windows that have no result yet. */
    private void sendPreviews(StreamClient client) {
        if (!client.request().previews()) {
            return;
        }
        Previews previews = client.feed().previews();
        if (previewsFrom < 0) {
            previewsFrom = previews.end();
        }
        if (previewsFrom < previews.end() && !client.connection().full()) {
            Previews.Batch next = previews.read(previewsFrom);
            client.writer()
                    .previews(next.frames().stream()
                            .filter(frame -> client.request().takesPreview(frame.entry()))
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
