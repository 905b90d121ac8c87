// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the clients of one event loop share during one round: batches of frames, also as bytes. */
final class RoundCache {

    /** About the most bytes of one write; single frames are larger. */
    static final int BATCH_BYTES = 16 << 10;

    /**
     * Frames, and all of them as bytes.
     *
     * @param batch the frames
     * @param bytes by format, made when the first client needs them
     */
    record EncodedBatch(Broadcaster.Batch batch, Map<Format, Buffer> bytes) {

        /** All frames in one buffer that may be written more than once. */
        Buffer bytes(Format format) {
            return bytes.computeIfAbsent(format, wanted -> joined(batch.frames(), wanted));
        }
    }

    private record Key(int epoch, long from, long conflatedTo) {}

    private final Broadcaster broadcaster;
    private final Map<Key, Optional<EncodedBatch>> batches = new HashMap<>();

    RoundCache(Broadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    /** See {@link Broadcaster#read}. */
    Optional<EncodedBatch> read(int epoch, long from, long conflatedTo) {
        return batches.computeIfAbsent(new Key(epoch, from, conflatedTo), key -> broadcaster
                .read(epoch, from, conflatedTo, BATCH_BYTES)
                .map(batch -> new EncodedBatch(batch, new EnumMap<>(Format.class))));
    }

    static Buffer joined(List<Frame> frames, Format format) {
        // no larger than it must be: each client with a filter has one of its own
        int length =
                frames.stream().mapToInt(frame -> frame.bytes(format).length).sum();
        Buffer joined = Buffer.buffer(length);
        frames.forEach(frame -> joined.appendBytes(frame.bytes(format)));
        return joined;
    }
}
