// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One open stream. It takes what its {@link Stage} has for it when its connection takes it, and keeps nothing for later, so a slow client
 * costs no memory but what waits in its connection.
 *
 * <p>All methods but {@link #end} and {@link #fail} run on the connection's event loop.
 */
final class StreamClient {

    private static final Logger LOG = Logger.getLogger(StreamClient.class);
    private static final Problem CREDENTIAL_ENDED =
            Problem.of(
                    ProblemType.UNAUTHORIZED,
                    "The credential that opened this stream has ended. Connect again with another one.");
    private static final int STAGES_PER_TURN = 8;
    private static final long RELIEF_NANOS = 1_000_000_000;

    private final LiveFeed feed;
    private final StreamClients clients;
    private final StreamRequest request;
    private final Connection connection;
    private final Loop loop;
    private final boolean takesAll;
    private Stage stage;
    private String announced = "";
    private long nextHeartbeat;
    private final OptionalLong credentialEndsAt;
    private Access.Registration revocation;
    private long endsAt;
    private boolean closed;

    StreamClient(
            LiveFeed feed, StreamClients clients, StreamRequest request, Connection connection) {
        this.feed = feed;
        this.clients = clients;
        this.request = request;
        this.connection = connection;
        this.loop = feed.loop(connection.channel().eventLoop());
        this.takesAll = request.takesAll();
        this.credentialEndsAt =
                access().expires().stream()
                        .mapToLong(
                                expires ->
                                        System.nanoTime()
                                                + Duration.between(Instant.now(), expires)
                                                        .toNanos())
                        .findFirst();
    }

    /** Begins to send, for as long as {@code lifeNanos}. */
    void open(Stage first, long lifeNanos, long retryMillis) {
        long now = System.nanoTime();
        nextHeartbeat = now + feed.config().heartbeat().toNanos();
        endsAt = now + lifeNanos;
        stage = first;
        loop.add(this);
        revocation = access().whenRevoked(() -> fail("credential", CREDENTIAL_ENDED));
        connection.write(request.format().greeting(retryMillis));
        loop.goOn(this);
        if (!closed && stage instanceof Live) {
            progress();
        }
    }

    /** Goes on. */
    void turn(Turn turn) {
        try {
            for (int stages = 0; stages < STAGES_PER_TURN && !closed; stages++) {
                Stage next = stage.go(this, turn);
                if (next == stage) {
                    return;
                }
                stage.leave();
                stage = next;
            }
            again();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** Looks after heartbeat, end of life, and a connection that takes nothing. */
    void tick(long now) {
        if (closed) {
            return;
        }
        long stuck = connection.stuckNanos(now);
        if (stuck > feed.config().stallTimeout().toNanos()) {
            close("stalled");
            connection.cut();
            return;
        }
        if (credentialEndsAt.isPresent() && now - credentialEndsAt.getAsLong() >= 0) {
            endWith("credential", CREDENTIAL_ENDED);
            return;
        }
        if (now - endsAt > 0) {
            close("life");
            connection.end();
            return;
        }
        if (stuck > RELIEF_NANOS) {
            stage.relieve();
        }
        if (now - nextHeartbeat >= 0) {
            nextHeartbeat = now + feed.config().heartbeat().toNanos();
            if (stuck == 0) {
                connection.write(request.format().heartbeat());
                progress();
            }
        }
        if (!(stage instanceof Live)) {
            loop.goOn(this);
        }
    }

    /** The client has gone. */
    void gone() {
        close("client");
    }

    /** Ends the stream, from which the client resumes; by any thread. */
    void end(String reason) {
        loop.execute(
                () -> {
                    if (close(reason)) {
                        connection.end();
                    }
                });
    }

    /** Says why the stream must end, and ends it; by any thread. */
    void fail(String reason, Problem problem) {
        loop.execute(() -> endWith(reason, problem));
    }

    /** The connection takes more. */
    void drained() {
        if (!closed) {
            loop.goOn(this);
        }
    }

    Access access() {
        return request.filter().access();
    }

    Tail tail() {
        return feed.tail();
    }

    StreamFilter filter() {
        return request.filter();
    }

    /** The newest windows that the client wants. */
    Tail.Cut cut(int windows, int max) {
        return feed.tail()
                .cut(
                        series -> request.emit().finals() && request.filter().takes(series),
                        windows,
                        max);
    }

    /** Of the tail's floors that of results, unless the client wants none. */
    Optional<Position.Topic> resultsBelow(Position floors) {
        return floors.topic(feed.resultsTopic()).filter(topic -> request.emit().finals());
    }

    CatchUp catchUp() {
        return feed.catchUp();
    }

    Format format() {
        return request.format();
    }

    /** Events that a client may be behind until it is conflated. */
    int buffer() {
        return feed.config().buffer();
    }

    boolean full() {
        return connection.full();
    }

    boolean takesAll() {
        return takesAll;
    }

    boolean takes(TailEntry entry) {
        return request.takes(entry);
    }

    /** Sends the previews behind a number that the client wants, and that no result has overtaken; the number behind them. */
    long sendPreviews(long from) {
        Previews.Run run = feed.previews().read(from);
        List<Frame> wanted =
                run.frames().stream()
                        .filter(frame -> request.filter().takes(frame.entry()))
                        .filter(frame -> feed.previews().holds(frame.entry()))
                        .toList();
        if (!wanted.isEmpty()) {
            connection.write(Turn.joined(wanted, format()));
            clients.previews(wanted.size());
        }
        return run.next();
    }

    /** Where a client begins that wants previews; nothing when it wants none. */
    OptionalLong previewsFrom() {
        return request.emit().previews()
                ? OptionalLong.of(feed.previews().end())
                : OptionalLong.empty();
    }

    /** Goes on at the next turn. */
    void again() {
        loop.wake();
    }

    /** Waits for {@code answer}, takes it, and goes on; what cannot be answered ends the stream. */
    <T> void ask(Uni<T> answer, Consumer<T> taker) {
        answer.subscribe()
                .with(
                        item ->
                                loop.execute(
                                        () -> {
                                            if (!closed) {
                                                taker.accept(item);
                                                loop.goOn(this);
                                            }
                                        }),
                        failure -> loop.execute(() -> failed(failure)));
    }

    /** Where a client that has reached the tail's end goes on, if it can be at once. */
    Optional<Stage> align(Cursor cursor) {
        return feed.broadcaster().align(cursor).map(spot -> new Live(feed.broadcaster(), spot));
    }

    /** Looks for its place again. */
    Stage elsewhere(String place, boolean slow) {
        return Resuming.at(place, slow);
    }

    /** Sends frames that are shared with other clients. */
    void sendAll(Buffer bytes, int frames, String place) {
        connection.write(bytes);
        announced = place;
        clients.sent(frames);
    }

    /** Sends frames of its own walk. */
    void sendOwn(List<Frame> frames) {
        if (!frames.isEmpty()) {
            sendAll(
                    Turn.joined(frames, format()),
                    frames.size(),
                    frames.get(frames.size() - 1).place());
        }
    }

    /** Sends the first rows of a snapshot, which have no place of their own; how many. */
    int sendRows(Deque<byte[]> rows) {
        Buffer bytes = Buffer.buffer(Turn.RUN_BYTES);
        int number = 0;
        while (!rows.isEmpty() && bytes.length() < Turn.RUN_BYTES) {
            bytes.appendBytes(format().frame("window", Optional.empty(), rows.remove()));
            number++;
        }
        connection.write(bytes);
        clients.sent(number);
        return number;
    }

    /** A snapshot has ended. */
    void snapshotSent(Optional<Snapshots.Partial> partial) {
        clients.snapshot(partial.map(Snapshots.Partial::code).orElse("whole"));
    }

    /** Says that of what lies between two positions some revisions are left out, if they are. */
    void conflated(String from, String to, long leftOut) {
        if (leftOut > 0) {
            event(
                    "conflated",
                    Optional.empty(),
                    Map.of("from", from, "to", to, "leftOut", leftOut));
            clients.conflated(leftOut);
        }
    }

    /** Says that the client's place is lost; the newest windows follow. */
    Stage reset(ResetReason reason) {
        event(
                "reset",
                Optional.empty(),
                Map.of("reason", reason.code(), "detail", reason.message()));
        clients.reset(reason);
        return new Snapshotting(feed.snapshots(), Math.max(1, request.snapshot()));
    }

    /** Sends an event of this service's own. */
    void event(String name, Optional<String> id, Map<String, Object> data) {
        connection.write(format().frame(name, id, EventData.json(data)));
        id.ifPresent(place -> announced = place);
    }

    private void progress() {
        stage.place()
                .filter(place -> !place.equals(announced))
                .ifPresent(
                        place -> event("progress", Optional.of(place), Map.of("position", place)));
    }

    private void failed(Throwable failure) {
        if (failure instanceof ProblemException told) {
            endWith(told.problem().type().code(), told.problem());
        } else if (!closed) {
            LOG.warnf(failure, "A stream failed");
            endWith("internal", Problem.ofStatus(500, Map.of()));
        }
    }

    private void endWith(String reason, Problem problem) {
        if (close(reason)) {
            connection.write(
                    format().frame("error", Optional.empty(), problem.json(StreamRoute.PATH)));
            connection.end();
        }
    }

    private boolean close(String reason) {
        if (closed) {
            return false;
        }
        closed = true;
        stage.leave();
        revocation.close();
        loop.remove(this);
        clients.remove(this, reason);
        return true;
    }
}
