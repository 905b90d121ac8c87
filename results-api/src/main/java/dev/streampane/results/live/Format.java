// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Accept;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How events are written: as server-sent events, or as one JSON object per line. */
enum Format {
    /**
     * WHATWG server-sent events: {@code event}, {@code data} and {@code id} lines, and an empty one.
     *
     * <p>The id comes last, for there are clients that keep it at its line and not at the empty one: cut off before the data they would
     * resume behind an event that they have not seen. Others keep the data that they were cut off in: the greeting ends in an empty
     * line, which ends that. As an empty line also sets the client's last event id, its own one comes before it.
     */
    SSE("text/event-stream", ":\n") {
        @Override
        byte[] frame(String event, Optional<String> id, byte[] json) {
            String tail = id.map(text -> "\nid: " + text).orElse("");
            return joined("event: " + event + "\ndata: ", json, tail + "\n\n");
        }

        @Override
        String greeting(long retryMillis, Optional<String> lastEventId) {
            return "retry: "
                    + retryMillis
                    + "\n"
                    + lastEventId.map(id -> "id: " + echoed(id) + "\n").orElse("")
                    + "\n";
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
        boolean lines = ranges.contains(NDJSON.mediaType) && Accept.takes(accept, NDJSON.mediaType);
        boolean events = ranges.contains(SSE.mediaType) && Accept.takes(accept, SSE.mediaType);
        return lines && !events ? NDJSON : SSE;
    }

    private static byte[] joined(String before, byte[] json, String after) {
        byte[] frame = new byte[before.length() + json.length + after.length()];
        System.arraycopy(before.getBytes(StandardCharsets.ISO_8859_1), 0, frame, 0, before.length());
        System.arraycopy(json, 0, frame, before.length(), json.length);
        System.arraycopy(
                after.getBytes(StandardCharsets.ISO_8859_1), 0, frame, frame.length - after.length(), after.length());
        return frame;
    }
}
