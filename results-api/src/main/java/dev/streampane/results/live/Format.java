// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How events are written: as server-sent events, or as one JSON object per line. */
enum Format {
    /**
     * WHATWG server-sent events: {@code id}, {@code event} and {@code data} lines, and an empty one.
     *
     * <p>An empty line sets the client's last event id, to nothing when the connection has not said one yet; so none is sent that
     * ends no event, and a client that is cut off before the first event keeps the id that it came with.
     */
    SSE("text/event-stream", ":\n") {
        @Override
        byte[] frame(String event, Optional<String> id, byte[] json) {
            String head = id.map(text -> "id: " + text + "\n").orElse("");
            return joined(head + "event: " + event + "\ndata: ", json, "\n\n");
        }

        @Override
        String greeting(long retryMillis, Optional<String> lastEventId) {
            return "retry: "
                    + retryMillis
                    + "\n"
                    + lastEventId.map(id -> "id: " + echoed(id) + "\n").orElse("");
        }

        /** An id that cannot be repeated is repeated as one that leads nowhere, either. */
        private String echoed(String id) {
            return id.length() <= Position.MAX_LENGTH && id.matches("[!-~]+") ? id : "garbage";
        }
    },
    /** {@code {"event":…,"id":…,"data":…}} and a line end; a line that says nothing is empty. */
    NDJSON("application/x-ndjson", "\n") {
        @Override
        byte[] frame(String event, Optional<String> id, byte[] json) {
            String middle = id.map(text -> "\",\"id\":\"" + text).orElse("");
            return joined("{\"event\":\"" + event + middle + "\",\"data\":", json, "}\n");
        }

        @Override
        String greeting(long retryMillis, Optional<String> lastEventId) {
            return "\n";
        }
    };

    private final String mediaType;
    private final String heartbeat;

    Format(String mediaType, String heartbeat) {
        this.mediaType = mediaType;
        this.heartbeat = heartbeat;
    }

    /**
     * One event.
     *
     * @param event its name, one of this service's own
     * @param id a position as this service writes it, which needs no escape
     * @param json one line of JSON
     */
    abstract byte[] frame(String event, Optional<String> id, byte[] json);

    /**
     * What is sent first, so that clients and proxies see that the stream is open.
     *
     * @param lastEventId what the client came with; it is repeated, for an event without id takes it from a client otherwise, and one that is
     *     cut off before the first id would begin anew, with a gap
     */
    abstract String greeting(long retryMillis, Optional<String> lastEventId);

    /** What keeps a quiet connection open. */
    String heartbeat() {
        return heartbeat;
    }

    String mediaType() {
        return mediaType;
    }

    /** Of the two the one to be sent when both would be taken: lines only to those who ask for them by name and not for events. */
    static Format preferred(List<String> accept) {
        String ranges = String.join(",", accept).toLowerCase(Locale.ROOT);
        return ranges.contains(NDJSON.mediaType) && !ranges.contains(SSE.mediaType) ? NDJSON : SSE;
    }

    private static byte[] joined(String before, byte[] json, String after) {
        byte[] frame = new byte[before.length() + json.length + after.length()];
        System.arraycopy(
                before.getBytes(StandardCharsets.ISO_8859_1), 0, frame, 0, before.length());
        System.arraycopy(json, 0, frame, before.length(), json.length);
        System.arraycopy(
                after.getBytes(StandardCharsets.ISO_8859_1),
                0,
                frame,
                frame.length - after.length(),
                after.length());
        return frame;
    }
}
