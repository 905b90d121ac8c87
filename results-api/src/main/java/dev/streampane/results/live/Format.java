// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Accept;
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

        /** The id itself; one that is too long or not printable ASCII is replaced by another text that is no position, either. */
        private String echoed(String id) {
            return id.length() <= Position.MAX_LENGTH && id.matches("[!-~]+") ? id : "garbage";
        }
    },
    /** {@code {"event":…,"id":…,"data":…}} and a line end; greeting and heartbeat are empty lines. */
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
     * One encoded event.
     *
     * @param event its name, one that this service defines
     * @param id a position as this service writes it, which needs no escaping
     * @param json one line of JSON
     */
    abstract byte[] frame(String event, Optional<String> id, byte[] json);

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

    private static byte[] joined(String before, byte[] json, String after) {
        byte[] frame = new byte[before.length() + json.length + after.length()];
        System.arraycopy(before.getBytes(StandardCharsets.ISO_8859_1), 0, frame, 0, before.length());
        System.arraycopy(json, 0, frame, before.length(), json.length);
        System.arraycopy(
                after.getBytes(StandardCharsets.ISO_8859_1), 0, frame, frame.length - after.length(), after.length());
        return frame;
    }
}
