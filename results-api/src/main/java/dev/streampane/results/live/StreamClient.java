// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One open stream. It has no buffer of its own: it takes from the {@link Tail}s what its connection takes, and waits when that is full.
 *
 * <p>A client that falls behind the tail is told by {@code event: reset}; one whose connection takes nothing for the stall timeout is
 * closed, and can resume by its id. All methods but {@link #wake} and {@link #end} run on the connection's event loop.
 */
final class StreamClient {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int TURN = 256;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerResponse response;
    private final Tail tail;
    private final Cursor cursor;
    private final StreamFilter filter;
    private final StreamClients clients;
    private final ResultsConfig.Stream config;
    private final AtomicBoolean awake = new AtomicBoolean();
    private String announced = "";
    private long timer;
    private long fullSince;
    private boolean full;
    private boolean closed;

    StreamClient(
            Vertx vertx,
            HttpServerResponse response,
            Tail tail,
            StreamFilter filter,
            StreamClients clients,
            ResultsConfig.Stream config) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = response;
        this.tail = tail;
        this.cursor = new Cursor(tail, tail.now());
        this.filter = filter;
        this.clients = clients;
        this.config = config;
    }

    /** Sends the head, the place of the stream, and everything that comes after {@code lastEventId}. */
    void open(Optional<String> lastEventId) {
        response.closeHandler(gone -> close("client"));
        response.exceptionHandler(failure -> close("client"));
        response.drainHandler(drained -> turn());
        clients.add(this);
        timer = vertx.setPeriodic(config.heartbeat().toMillis(), tick -> heartbeat());
        long retry = config.retry().toMillis();
        long jitter = ThreadLocalRandom.current().nextLong(-retry / 4, retry / 4 + 1);
        response.write("retry: " + (retry + jitter) + "\n\n");
        lastEventId.flatMap(this::resume).ifPresentOrElse(this::reset, this::announce);
        turn();
    }

    /** Says that there may be more; by any thread. */
    void wake() {
        if (awake.compareAndSet(false, true)) {
            context.runOnContext(
                    turn -> {
                        awake.set(false);
                        turn();
                    });
        }
    }

    /** Ends the stream; by any thread. */
    void end(String reason) {
        context.runOnContext(
                turn -> {
                    if (!closed) {
                        close(reason);
                        response.end();
                    }
                });
    }

    /** Sends what there is and what the connection takes. */
    private void turn() {
        if (closed || waiting()) {
            return;
        }
        Tail.Reach reach = cursor.stay();
        if (reach != Tail.Reach.HELD) {
            restart(ResetReason.of(reach));
            return;
        }
        Tail.Slice slice = cursor.read(TURN);
        if (slice.lost()) {
            restart(ResetReason.TOO_SLOW);
            return;
        }
        for (TailEntry entry : slice.entries()) {
            if (waiting()) {
                return;
            }
            if (cursor.pass(entry) && filter.takes(entry)) {
                send(entry.kind().event(), entry);
            }
        }
        cursor.end(slice);
        if (slice.now().isEmpty()) {
            wake();
        }
    }

    /** Goes behind {@code lastEventId}; or stays at now, and says why. */
    private Optional<ResetReason> resume(String lastEventId) {
        Optional<Position> wanted = Position.parse(lastEventId);
        if (wanted.isEmpty()) {
            return Optional.of(ResetReason.GARBAGE);
        }
        Tail.Resumed resumed = tail.resume(wanted.get());
        resumed.place().ifPresent(cursor::go);
        return resumed.place().isPresent()
                ? Optional.empty()
                : Optional.of(ResetReason.of(resumed.reach()));
    }

    private void restart(ResetReason reason) {
        cursor.go(tail.now());
        reset(reason);
    }

    private boolean waiting() {
        boolean nowFull = response.writeQueueFull();
        if (nowFull && !full) {
            fullSince = System.nanoTime();
        }
        full = nowFull;
        return nowFull;
    }

    private void send(String name, TailEntry entry) {
        announced = cursor.position().toString();
        Buffer event =
                Buffer.buffer(entry.json().length + announced.length() + 40)
                        .appendString("id: " + announced + "\nevent: " + name + "\ndata: ")
                        .appendBytes(entry.json())
                        .appendString("\n\n");
        response.write(event);
        clients.sent();
    }

    private void reset(ResetReason reason) {
        announced = cursor.position().toString();
        ObjectNode data = JSON.createObjectNode();
        data.put("reason", reason.code());
        data.put("detail", reason.message());
        data.put("position", announced);
        response.write("id: " + announced + "\nevent: reset\ndata: " + data + "\n\n");
        clients.reset(reason);
    }

    /** Moves the client's last event id without an event. */
    private void announce() {
        announced = cursor.position().toString();
        response.write("id: " + announced + "\n\n");
    }

    private void heartbeat() {
        if (closed) {
            return;
        }
        if (!waiting()) {
            response.write(":\n\n");
            if (!announced.equals(cursor.position().toString())) {
                announce();
            }
        } else if (System.nanoTime() - fullSince > config.stallTimeout().toNanos()) {
            close("stalled");
            response.reset();
        }
    }

    private void close(String reason) {
        if (!closed) {
            closed = true;
            vertx.cancelTimer(timer);
            clients.remove(this, reason);
        }
    }
}
