// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.security.Connection;
import dev.streampane.results.tail.TailEntry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a stream's events into its connection, in its format. Used on the connection's event loop. */
record EventWriter(Connection connection, Format format, StreamClients clients) {

    /** About the most bytes of one write; a single frame may be larger. */
    static final int BATCH_BYTES = 16 << 10;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Writes {@code bytes}, which encode {@code events} events. */
    void write(Buffer bytes, int events) {
        connection.write(bytes);
        clients.sent(events);
    }

    /** Writes frames. */
    void frames(List<Frame> frames) {
        if (!frames.isEmpty()) {
            write(format.joined(frames), frames.size());
        }
    }

    /** Writes previews, whose frames have no ids, as nobody resumes from them. */
    void previews(List<Frame> frames) {
        if (!frames.isEmpty()) {
            connection.write(format.joined(frames));
            clients.previews(frames.size());
        }
    }

    /** Removes the first rows of a snapshot, about {@link #BATCH_BYTES}, and writes them without ids; returns how many. */
    int rows(Deque<byte[]> rows) {
        Buffer bytes = Buffer.buffer(BATCH_BYTES);
        int number = 0;
        while (!rows.isEmpty() && bytes.length() < BATCH_BYTES) {
            format.append(bytes, TailEntry.Kind.WINDOW.event(), Format.NO_ID, rows.remove());
            number++;
        }
        write(bytes, number);
        return number;
    }

    /** Writes {@code event: snapshot-end}; the stream goes on from {@code place}. */
    void snapshotEnd(String place, Map<String, Object> data, Optional<Snapshots.Partial> partial) {
        event("snapshot-end", Optional.of(place), data);
        clients.snapshot(partial.map(Snapshots.Partial::code).orElse("whole"));
    }

    /** Writes {@code event: conflated} when revisions between two positions are left out. */
    void conflated(String from, String to, long leftOut) {
        if (leftOut > 0) {
            event("conflated", Optional.empty(), Map.of("from", from, "to", to, "leftOut", leftOut));
            clients.conflated(leftOut);
        }
    }

    /** Writes {@code event: reset}. */
    void reset(ResetReason reason) {
        event("reset", Optional.empty(), Map.of("reason", reason.code(), "detail", reason.message()));
        clients.reset(reason);
    }

    /** Writes {@code event: progress}, even if the client's position has not moved: scripts in a browser do not see comment lines. */
    void progress(Optional<String> now) {
        now.ifPresent(place -> event("progress", Optional.of(place), Map.of("position", place)));
    }

    /** Writes {@code event: error}. */
    void error(Problem problem) {
        event("error", Optional.empty(), problem.json(StreamRoute.PATH));
    }

    void greeting(long retryMillis, Optional<String> lastEventId) {
        connection.write(Buffer.buffer(format.greeting(retryMillis, lastEventId)));
    }

    void heartbeat() {
        connection.write(Buffer.buffer(format.heartbeat()));
    }

    /** Writes an event whose data is one line of JSON with its members sorted by name. */
    private void event(String name, Optional<String> id, Map<String, Object> data) {
        event(name, id, JSON.valueToTree(new TreeMap<>(data)).toString().getBytes(StandardCharsets.UTF_8));
    }

    private void event(String name, Optional<String> id, byte[] json) {
        byte[] event = Format.ascii(name);
        byte[] place = id.map(Format::ascii).orElse(Format.NO_ID);
        Buffer bytes = Buffer.buffer(Format.FRAMING_BYTES + event.length + place.length + json.length);
        format.append(bytes, event, place, json);
        connection.write(bytes);
    }
}
