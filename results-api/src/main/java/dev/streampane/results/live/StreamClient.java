// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
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
    private final StreamPlace place;
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
            StreamPlace place,
            StreamFilter filter,
            StreamClients clients,
            ResultsConfig.Stream config) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.response = response;
        this.place = place;
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
        lastEventId.flatMap(place::resume).ifPresentOrElse(this::reset, this::announce);
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
        Optional<ResetReason> lost = place.lost();
        if (lost.isPresent()) {
            place.goToNow();
            reset(lost.get());
            return;
        }
        place.join();
        boolean more = false;
        for (int topic = 0; topic < place.topics(); topic++) {
            List<ResultEntry> entries = place.next(topic, TURN);
            for (ResultEntry entry : entries) {
                if (waiting()) {
                    return;
                }
                if (place.pass(topic, entry) && filter.takes(entry)) {
                    send(place.event(topic), entry);
                }
            }
            more |= entries.size() == TURN;
        }
        if (more) {
            wake();
        }
    }

    private boolean waiting() {
        boolean nowFull = response.writeQueueFull();
        if (nowFull && !full) {
            fullSince = System.nanoTime();
        }
        full = nowFull;
        return nowFull;
    }

    private void send(String name, ResultEntry entry) {
        announced = place.position();
        Buffer event =
                Buffer.buffer(entry.json().length + announced.length() + 40)
                        .appendString("id: " + announced + "\nevent: " + name + "\ndata: ")
                        .appendBytes(entry.json())
                        .appendString("\n\n");
        response.write(event);
        clients.sent();
    }

    private void reset(ResetReason reason) {
        announced = place.position();
        ObjectNode data = JSON.createObjectNode();
        data.put("reason", reason.code());
        data.put("detail", reason.message());
        data.put("position", announced);
        response.write("id: " + announced + "\nevent: reset\ndata: " + data + "\n\n");
        clients.reset(reason);
    }

    /** Moves the client's last event id without an event. */
    private void announce() {
        announced = place.position();
        response.write("id: " + announced + "\n\n");
    }

    private void heartbeat() {
        if (closed) {
            return;
        }
        if (!waiting()) {
            response.write(":\n\n");
            if (!announced.equals(place.position())) {
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
