// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.vertx.core.buffer.Buffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the clients of one event loop share while it goes round once: frames that were read, and whole runs of them as bytes. */
final class Turn {

    /** About the bytes that one write has at most; single frames are larger. */
    static final int RUN_BYTES = 16 << 10;

    /**
     * Frames, and all of them as bytes.
     *
     * @param run the frames
     * @param bytes by format, made when the first client needs them
     */
    record Shared(Broadcaster.Run run, Map<Format, Buffer> bytes) {

        /** All frames in one buffer that may be written more than once. */
        Buffer bytes(Format format) {
            return bytes.computeIfAbsent(format, wanted -> joined(run.frames(), wanted));
        }
    }

    private record Key(int walk, long from, long conflatedTo) {}

    private final Broadcaster broadcaster;
    private final Map<Key, Optional<Shared>> shared = new HashMap<>();

    Turn(Broadcaster broadcaster) {
        this.broadcaster = broadcaster;
    }

    /** See {@link Broadcaster#read}. */
    Optional<Shared> read(int walk, long from, long conflatedTo) {
        return shared.computeIfAbsent(new Key(walk, from, conflatedTo), key -> broadcaster
                .read(walk, from, conflatedTo, RUN_BYTES)
                .map(run -> new Shared(run, new EnumMap<>(Format.class))));
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
