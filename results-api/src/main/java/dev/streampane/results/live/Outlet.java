// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.problem.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a stream's events into its connection, in its format, and remembers the last id. Used on the connection's event loop. */
final class Outlet {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Connection connection;
    private final Format format;
    private final StreamClients clients;
    private String announced = "";

    Outlet(Connection connection, Format format, StreamClients clients) {
        this.connection = connection;
        this.format = format;
        this.clients = clients;
    }

    /** Sends all frames of a run, whose bytes are shared with other clients. */
    void all(Turn.Shared shared) {
        sent(shared.bytes(format), shared.run().frames());
    }

    /** Sends frames of one's own choice. */
    void some(List<Frame> frames) {
        if (!frames.isEmpty()) {
            sent(Turn.joined(frames, format), frames);
        }
    }

    /** Sends previews, which nobody resumes. */
    void previews(List<Frame> frames) {
        if (!frames.isEmpty()) {
            connection.write(Turn.joined(frames, format));
            clients.previews(frames.size());
        }
    }

    /** Sends the first rows of a snapshot, which have no place of their own; how many. */
    int rows(Deque<byte[]> rows) {
        Buffer bytes = Buffer.buffer(Turn.RUN_BYTES);
        int number = 0;
        while (!rows.isEmpty() && bytes.length() < Turn.RUN_BYTES) {
            bytes.appendBytes(format.frame("window", Optional.empty(), rows.remove()));
            number++;
        }
        connection.write(bytes);
        clients.sent(number);
        return number;
    }

    /** Ends a snapshot, whose stream goes on from {@code place}. */
    void snapshotEnd(String place, Map<String, Object> data, Optional<Snapshots.Partial> partial) {
        event("snapshot-end", Optional.of(place), data);
        clients.snapshot(partial.map(Snapshots.Partial::code).orElse("whole"));
    }

    /** Says that of what lies between two positions some revisions are left out, if they are. */
    void conflated(String from, String to, long leftOut) {
        if (leftOut > 0) {
            event("conflated", Optional.empty(), Map.of("from", from, "to", to, "leftOut", leftOut));
            clients.conflated(leftOut);
        }
    }

    /** Says that the client's place is lost. */
    void reset(ResetReason reason) {
        event("reset", Optional.empty(), Map.of("reason", reason.code(), "detail", reason.message()));
        clients.reset(reason);
    }

    /** Says how far the client is, unless it knows. */
    void progress(Optional<String> now) {
        now.filter(place -> !place.equals(announced))
                .ifPresent(place -> event("progress", Optional.of(place), Map.of("position", place)));
    }

    /** Says why the stream ends. */
    void error(Problem problem) {
        connection.write(format.frame("error", Optional.empty(), problem.json(StreamRoute.PATH)));
    }

    void greeting(long retryMillis, Optional<String> lastEventId) {
        connection.write(format.greeting(retryMillis, lastEventId));
    }

    void heartbeat() {
        connection.write(format.heartbeat());
    }

    private void sent(Buffer bytes, List<Frame> frames) {
        connection.write(bytes);
        announced = frames.get(frames.size() - 1).place();
        clients.sent(frames.size());
    }

    private void event(String name, Optional<String> id, Map<String, Object> data) {
        connection.write(format.frame(name, id, json(data)));
        id.ifPresent(place -> announced = place);
    }

    /** One line; the members by name. */
    private static byte[] json(Map<String, Object> members) {
        try {
            return JSON.writeValueAsBytes(new TreeMap<>(members));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts, numbers and truths are always written", e);
        }
    }
}
