// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.TailEntry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** One entry as it is sent, encoded once per {@link Format} for all clients. Safe for use by several threads. */
final class Frame {

    private static final int OBJECT_OVERHEAD_BYTES = 200;

    private final TailEntry entry;
    private final Optional<String> id;
    private volatile byte[] sse;
    private volatile byte[] ndjson;
    private volatile long superseded = Long.MAX_VALUE;

    /**
     * @param id the position after the entry; empty for entries from which no client can resume
     */
    Frame(TailEntry entry, Optional<String> id) {
        this.entry = entry;
        this.id = id;
    }

    TailEntry entry() {
        return entry;
    }

    /** The position after the entry. */
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

    /** The encoded frames, in a buffer of exactly their size: each client with a filter has its own buffer. */
    static Buffer joined(List<Frame> frames, Format format) {
        Buffer joined = Buffer.buffer(
                frames.stream().mapToInt(frame -> frame.bytes(format).length).sum());
        frames.forEach(frame -> joined.appendBytes(frame.bytes(format)));
        return joined;
    }

    /** Notes that the frame with that number has a newer revision of the same window. */
    void supersededBy(long number) {
        superseded = Math.min(superseded, number);
    }

    /** Whether a frame before {@code number} has a newer revision of the same window. */
    boolean supersededBefore(long number) {
        return superseded < number;
    }

    /** Approximate heap in bytes, without the entry, when the frame was sent in both formats. */
    long heap() {
        return 2L * (entry.json().length + id.map(String::length).orElse(0)) + OBJECT_OVERHEAD_BYTES;
    }
}
