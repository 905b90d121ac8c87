// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Accept;
import dev.streampane.results.tail.TailEntry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The encoding of events: server-sent events, or one JSON object per line. */
enum Format {
    /**
     * WHATWG server-sent events: {@code event}, {@code data} and {@code id} lines, then an empty line.
     *
     * <p>The id comes last because some clients store it when they read its line, not at the empty line: cut off between id and data, they would
     * resume after an event that they have not seen. Other clients keep the data of an event that was cut off: the greeting ends with an empty
     * line, which ends that event. An empty line also sets the client's last event id, so the greeting repeats that id before it.
     */
    SSE("text/event-stream", ":\n") {
        @Override
        void append(Buffer to, byte[] event, byte[] id, byte[] json) {
            to.appendBytes(EVENT).appendBytes(event).appendBytes(DATA).appendBytes(json);
            if (id.length > 0) {
                to.appendBytes(ID).appendBytes(id);
            }
            to.appendBytes(END);
        }

        @Override
        String greeting(long retryMillis, Optional<String> lastEventId) {
            return "retry: "
                    + retryMillis
                    + "\n"
                    + lastEventId.map(id -> "id: " + echoed(id) + "\n").orElse("")
                    + "\n";
        }

        /** The id itself; one that is too long or not printable ASCII is replaced by another text that is no position, either. */
        private String echoed(String id) {
            return id.length() <= Position.MAX_LENGTH && id.matches("[!-~]+") ? id : "garbage";
        }
    },
    /** {@code {"event":…,"id":…,"data":…}} and a line end; greeting and heartbeat are empty lines. */
    NDJSON("application/x-ndjson", "\n") {
        @Override
        void append(Buffer to, byte[] event, byte[] id, byte[] json) {
            to.appendBytes(EVENT_MEMBER).appendBytes(event);
            if (id.length > 0) {
                to.appendBytes(ID_MEMBER).appendBytes(id);
            }
            to.appendBytes(DATA_MEMBER).appendBytes(json).appendBytes(LINE_END);
        }

        @Override
        String greeting(long retryMillis, Optional<String> lastEventId) {
            return "\n";
        }
    };

    /** The id of an event from which no client can resume. */
    static final byte[] NO_ID = {};

    /** The most bytes of a frame beside its event, id and json. */
    static final int FRAMING_BYTES = 29;

    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DATA = ascii("\ndata: ");
    private static final byte[] ID = ascii("\nid: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] EVENT_MEMBER = ascii("{\"event\":\"");
    private static final byte[] ID_MEMBER = ascii("\",\"id\":\"");
    private static final byte[] DATA_MEMBER = ascii("\",\"data\":");
    private static final byte[] LINE_END = ascii("}\n");

    private final String mediaType;
    private final String heartbeat;

    Format(String mediaType, String heartbeat) {
        this.mediaType = mediaType;
        this.heartbeat = heartbeat;
    }

    /**
     * Appends one encoded event.
     *
     * @param event its name, one that this service defines
     * @param id a position as this service writes it, which needs no escaping; {@link #NO_ID}: none
     * @param json one line of JSON
     */
    abstract void append(Buffer to, byte[] event, byte[] id, byte[] json);

    /** The encoded frames, in a buffer of about their size: each client with a filter has its own buffer. */
    Buffer joined(List<Frame> frames) {
        int size = 0;
        for (Frame frame : frames) {
            TailEntry entry = frame.entry();
            size += FRAMING_BYTES + entry.kind().event().length + frame.id().length + entry.json().length;
        }
        Buffer joined = Buffer.buffer(size);
        for (Frame frame : frames) {
            append(
                    joined,
                    frame.entry().kind().event(),
                    frame.id(),
                    frame.entry().json());
        }
        return joined;
    }

    /**
     * The first bytes of a stream, which show clients and proxies that it is open.
     *
     * @param lastEventId the id that the client sent. It is repeated: otherwise an event without an id clears it in the client, and a client that is
     *     cut off before the first id would begin anew, with a gap
     */
    abstract String greeting(long retryMillis, Optional<String> lastEventId);

    /** Bytes that keep an idle connection open. */
    String heartbeat() {
        return heartbeat;
    }

    String mediaType() {
        return mediaType;
    }

    /** The format for {@code Accept} headers: NDJSON when they name and accept it and do not also name and accept SSE; otherwise SSE. */
    static Format preferred(List<String> accept) {
        String ranges = String.join(",", accept).toLowerCase(Locale.ROOT);
        boolean lines = ranges.contains(NDJSON.mediaType) && Accept.takes(accept, NDJSON.mediaType);
        boolean events = ranges.contains(SSE.mediaType) && Accept.takes(accept, SSE.mediaType);
        return lines && !events ? NDJSON : SSE;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
