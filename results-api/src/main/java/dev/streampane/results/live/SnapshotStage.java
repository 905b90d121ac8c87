// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.live.Snapshots.Partial;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.Snapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A stream that sends the last windows per series, and then goes on after them.
 *
 * <p>The newest windows of the tail and the position after them are read together. Older windows come from Elasticsearch, page by page, limited to
 * what lies below the tail's earliest offsets of that moment. Then come the windows of the tail, {@code event: snapshot-end} with the position, and
 * the stream from there on. So nothing is missing and nothing comes twice. Rows have no id, so a client that loses its connection before the
 * end begins again.
 */
final class SnapshotStage implements Stage {

    /** Time before a client that got no memory reads the tail again: that is too costly to repeat at each result. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A client whose connection takes nothing for longer gives its memory back when others wait for it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Snapshots snapshots;
    private final int windows;
    private final long deadline;
    private long silentSince = System.nanoTime();
    private final Deque<byte[]> ready = new ArrayDeque<>();
    private Optional<Position> behind = Optional.empty();
    private Optional<Partial> partial = Optional.empty();
    private Optional<OlderWindowsQuery> older = Optional.empty();
    private Optional<JsonNode> after = Optional.empty();
    private SnapshotRows rows;
    private long notBefore = System.nanoTime();
    private boolean tailReady;
    private String principal = "";
    private int reserved;
    private int sent;

    SnapshotStage(Snapshots snapshots, int windows) {
        this.snapshots = snapshots;
        this.windows = windows;
        this.deadline = System.nanoTime() + snapshots.timeout().toNanos();
    }

    @Override
    public Stage run(StreamClient client) {
        boolean late = isLate();
        boolean over = late || isSilent();
        if (behind.isEmpty() && !over) {
            readTail(client);
            return this;
        }
        if (over && (client.asking() || older.isPresent() || !ready.isEmpty() || !tailReady)) {
            giveUp(late && (client.asking() || behind.isPresent()) ? Partial.SLOW : Partial.BUSY);
            tailReady = late || rows == null;
            behind = behind.or(() -> Optional.of(client.feed().tail().reached()));
            client.forget();
        }
        while (send(client) && !client.asking()) {
            if (older.isPresent()) {
                ask(client, older.get());
            } else if (!tailReady) {
                tailReady = true;
                ready.addAll(rows.ofTheTail());
            } else {
                return end(client);
            }
        }
        return this;
    }

    @Override
    public void leave() {
        snapshots.release(reserved, principal);
        reserved = 0;
        ready.clear();
        rows = null;
    }

    /** Gives back the memory of a client that takes nothing while others wait for memory. */
    @Override
    public void relieve(long stuckNanos) {
        if (reserved > 0 && stuckNanos > PATIENCE_NANOS && snapshots.wanted(principal)) {
            giveUp(Partial.SLOW);
            leave();
        }
    }

    private boolean isLate() {
        return System.nanoTime() - deadline > 0;
    }

    /** Whether the client has been sent nothing for so long that it may take the connection for dead. */
    private boolean isSilent() {
        return ready.isEmpty()
                && System.nanoTime() - silentSince > snapshots.maxSilence().toNanos();
    }

    private void readTail(StreamClient client) {
        if (!client.asking() && System.nanoTime() - notBefore >= 0) {
            StreamRequest request = client.request();
            Supplier<Snapshot> read =
                    () -> client.feed().tail().snapshot(request.keys(), request::takes, windows, snapshots.maxRows());
            client.ask(snapshots.ofTail(read), tail -> begin(client, tail));
        }
    }

    /** Begins with the newest windows of the tail, unless there is no memory for them yet. */
    private void begin(StreamClient client, Snapshot tail) {
        Optional<TopicPosition> earliest = tail.earliest()
                .topic(client.feed().feeds().resultsTopic())
                .filter(topic -> client.request().finals());
        // also when the tail has all of this topic: documents of an earlier topic of the same name may be left
        int page = Math.min(OlderWindowsQuery.ROWS_PER_PAGE, snapshots.maxRows());
        int wanted = tail.entries().size() + (earliest.isPresent() ? page : 0);
        principal = client.request().access().name();
        if (snapshots.reserve(wanted, principal)) {
            reserved = wanted;
        } else if (!isLate()) {
            notBefore = System.nanoTime() + PAUSE_NANOS;
            return;
        }
        rows = new SnapshotRows(tail, windows);
        behind = Optional.of(tail.place());
        if (reserved < wanted) {
            giveUp(Partial.BUSY);
        } else if (!tail.whole() || tail.retracted().size() > OlderWindowsQuery.MAX_RETRACTED) {
            partial = Optional.of(Partial.TOO_MANY);
        } else {
            older = earliest.map(topic -> new OlderWindowsQuery(topic, client.request(), tail.retracted(), windows));
        }
    }

    private void giveUp(Partial why) {
        partial = Optional.of(why);
        older = Optional.empty();
        ready.clear();
        tailReady = true;
    }

    private void ask(StreamClient client, OlderWindowsQuery wanted) {
        client.ask(snapshots.page(wanted, after), found -> {
            if (older.isPresent()) {
                take(client, found);
            }
        });
    }

    private void take(StreamClient client, OlderWindowsQuery.Page found) {
        for (OlderWindowsQuery.SeriesRows series : found.series()) {
            if (client.request().takes(series.series())) {
                ready.addAll(rows.add(series));
            }
        }
        after = found.after();
        if (found.partial().isPresent()) {
            partial = found.partial();
        } else if (after.isPresent() && sent + ready.size() + rows.size() >= snapshots.maxRows()) {
            partial = Optional.of(Partial.TOO_MANY);
        }
        if (after.isEmpty() || partial.isPresent()) {
            older = Optional.empty();
        }
    }

    /** Sends the rows that are ready; false when the connection is full before all were sent. */
    private boolean send(StreamClient client) {
        while (!ready.isEmpty()) {
            silentSince = System.nanoTime();
            if (client.connection().full()) {
                return false;
            }
            sent += client.writer().rows(ready);
        }
        return true;
    }

    private Stage end(StreamClient client) {
        String place = behind.orElseThrow().toString();
        Map<String, Object> data = new HashMap<>();
        data.put("position", place);
        data.put("windows", sent);
        data.put("partial", partial.isPresent());
        partial.ifPresent(why -> data.put("reason", why.code()));
        client.writer().snapshotEnd(place, data, partial);
        return new BehindStage(behind.get(), false);
    }
}
