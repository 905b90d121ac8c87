// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.TailEntry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** One entry as it is sent: encoded once per {@link Format}, whatever the number of clients. Safe for use by several threads. */
final class Frame {

    private static final int OBJECT_OVERHEAD_BYTES = 200;

    private final TailEntry entry;
    private final Optional<String> id;
    private volatile byte[] sse;
    private volatile byte[] ndjson;
    private volatile long superseded = Long.MAX_VALUE;

    /**
     * @param id the position behind the entry; empty for what cannot be resumed
     */
    Frame(TailEntry entry, Optional<String> id) {
        this.entry = entry;
        this.id = id;
    }

    TailEntry entry() {
        return entry;
    }

    /** The position behind the entry. */
    String place() {
        return id.orElseThrow();
    }

    byte[] bytes(Format format) {
        byte[] known = format == Format.SSE ? sse : ndjson;
        return known != null ? known : encoded(format);
    }

    private synchronized byte[] encoded(Format format) {
        byte[] known = format == Format.SSE ? sse : ndjson;
        if (known != null) {
            return known;
        }
        byte[] bytes = format.frame(entry.kind().event(), id, entry.json());
        if (format == Format.SSE) {
            sse = bytes;
        } else {
            ndjson = bytes;
        }
        return bytes;
    }

    /** The bytes of some frames, in a buffer no larger than it must be: each client with a filter has one of its own. */
    static Buffer joined(List<Frame> frames, Format format) {
        Buffer joined = Buffer.buffer(
                frames.stream().mapToInt(frame -> frame.bytes(format).length).sum());
        frames.forEach(frame -> joined.appendBytes(frame.bytes(format)));
        return joined;
    }

    /** Says that the frame of that number carries a newer revision of the same window. */
    void supersededBy(long number) {
        superseded = Math.min(superseded, number);
    }

    /** Whether a frame before {@code number} carries a newer revision of the same window. */
    boolean supersededBefore(long number) {
        return superseded < number;
    }

    /** About what it takes of the heap beside the entry, when it was sent in both formats. */
    long heap() {
        return 2L * (entry.json().length + id.map(String::length).orElse(0)) + OBJECT_OVERHEAD_BYTES;
    }
}
