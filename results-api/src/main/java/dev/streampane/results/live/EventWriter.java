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
record EventWriter(Connection connection, Format format, StreamClients clients) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Writes a whole batch, whose bytes are shared with other clients. */
    void batch(RoundCache.EncodedBatch batch) {
        sent(batch.bytes(format), batch.batch().frames());
    }

    /** Writes frames. */
    void frames(List<Frame> frames) {
        if (!frames.isEmpty()) {
            sent(RoundCache.joined(frames, format), frames);
        }
    }

    /** Writes previews, which nobody resumes. */
    void previews(List<Frame> frames) {
        if (!frames.isEmpty()) {
            connection.write(RoundCache.joined(frames, format));
            clients.previews(frames.size());
        }
    }

    /** Writes the first rows of a snapshot, which have no ids; returns how many. */
    int rows(Deque<byte[]> rows) {
        Buffer bytes = Buffer.buffer(RoundCache.BATCH_BYTES);
        int number = 0;
        while (!rows.isEmpty() && bytes.length() < RoundCache.BATCH_BYTES) {
            bytes.appendBytes(format.frame("window", Optional.empty(), rows.remove()));
            number++;
        }
        connection.write(bytes);
        clients.sent(number);
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

    /** Writes {@code event: progress}, also when the client's position has not moved: browsers hear no comment lines. */
    void progress(Optional<String> now) {
        now.ifPresent(place -> event("progress", Optional.of(place), Map.of("position", place)));
    }

    /** Writes {@code event: error}. */
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
        clients.sent(frames.size());
    }

    private void event(String name, Optional<String> id, Map<String, Object> data) {
        connection.write(format.frame(name, id, json(data)));
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
