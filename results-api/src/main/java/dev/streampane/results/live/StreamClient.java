// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One open stream. It takes what its {@link Stage} has for it when its connection takes it, and keeps nothing for later, so a slow client
 * costs no memory but what waits in its connection.
 *
 * <p>All methods but {@link #cut}, {@link #end} and {@link #fail} run on the connection's event loop.
 */
final class StreamClient {

    private static final Logger LOG = Logger.getLogger(StreamClient.class);
    private static final int STAGES_PER_TURN = 8;
    private static final long RELIEF_NANOS = 1_000_000_000;

    private final LiveFeed feed;
    private final StreamClients clients;
    private final StreamRequest request;
    private final Connection connection;
    private final Outlet out;
    private final Loop loop;
    private final boolean takesAll;
    private Stage stage;

    /** What the stage waits for, and its number among all that was asked. */
    private Cancellable question = () -> {};

    private int questions;
    private long nextHeartbeat;
    private long endsAt;

    /** A write that the socket takes at once may say that the connection has drained, and so ask for a turn within a turn. */
    private boolean turning;

    private boolean closed;

    StreamClient(LiveFeed feed, StreamClients clients, StreamRequest request, Connection connection) {
        this.feed = feed;
        this.clients = clients;
        this.request = request.begun();
        this.connection = connection;
        this.out = new Outlet(connection, request.format(), clients);
        this.loop = feed.loop(connection.channel().eventLoop());
        this.takesAll = request.takesAll();
    }

    /** Begins to send, for as long as {@code lifeNanos}. */
    void open(Stage first, Optional<String> lastEventId, long lifeNanos, long retryMillis) {
        long now = System.nanoTime();
        nextHeartbeat = now + feed.config().heartbeat().toNanos();
        endsAt = now + lifeNanos;
        stage = first;
        loop.add(this);
        out.greeting(retryMillis, lastEventId);
        loop.goOn(this);
        if (!closed && stage instanceof Live) {
            out.progress(stage.place());
        }
    }

    /** Goes on. */
    void turn(Turn turn) {
        if (turning) {
            return;
        }
        turning = true;
        try {
            for (int stages = 0; stages < STAGES_PER_TURN && !closed; stages++) {
                Stage next = stage.go(this, turn);
                if (next == stage) {
                    return;
                }
                stage.leave();
                forget();
                stage = next;
            }
            again();
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            turning = false;
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
        if (now - endsAt > 0) {
            close("life");
            connection.end();
            return;
        }
        if (stuck > RELIEF_NANOS) {
            stage.relieve(stuck);
        }
        if (now - nextHeartbeat >= 0) {
            nextHeartbeat = now + feed.config().heartbeat().toNanos();
            if (!connection.full()) {
                out.heartbeat();
                out.progress(stage.place());
            }
        }
        if (!(stage instanceof Live)) {
            loop.goOn(this);
        }
    }

    /** It could not be opened. */
    void unopened() {
        close("internal");
    }

    /** The client has gone. */
    void gone() {
        close("client");
    }

    /** Ends the stream, from which the client resumes; by any thread. Done when all of it has been written. */
    CompletableFuture<Void> end(String reason) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        loop.execute(() -> {
            if (close(reason)) {
                connection.end().onComplete(written -> ended.complete(null));
            } else {
                ended.complete(null);
            }
        });
        return ended;
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

    /** The newest windows that the client wants; takes its time where the tail has many series. */
    Tail.Cut cut(int windows, int max) {
        return feed.tail()
                .cut(
                        request.filter().keys(),
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

    Outlet out() {
        return out;
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
        List<Frame> wanted = run.frames().stream()
                .filter(frame -> request.filter().takes(frame.entry()))
                .filter(frame -> feed.previews().holds(frame.entry()))
                .toList();
        out.previews(wanted);
        if (run.next() < feed.previews().end()) {
            again();
        }
        return run.next();
    }

    /** Where a client begins that wants previews; nothing when it wants none. */
    OptionalLong previewsFrom() {
        return request.emit().previews() ? OptionalLong.of(feed.previews().end()) : OptionalLong.empty();
    }

    /** Goes on at the next turn. */
    void again() {
        loop.wake();
    }

    /** Waits for {@code answer}, takes it, and goes on, unless the stage is another one by then; what cannot be answered ends the stream. */
    <T> void ask(Uni<T> answer, Consumer<T> taker) {
        int number = ++questions;
        question = answer.subscribe()
                .with(
                        item -> ifAsked(number, () -> {
                            taker.accept(item);
                            loop.goOn(this);
                        }),
                        failure -> ifAsked(number, () -> failed(failure)));
    }

    /** Asks no more what was asked. */
    void forget() {
        questions++;
        question.cancel();
    }

    private void ifAsked(int number, Runnable then) {
        loop.execute(() -> {
            if (number != questions) {
                return;
            }
            try {
                then.run();
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        });
    }

    /** Where a client that has reached the tail's end goes on, if it can be at once. */
    Optional<Stage> align(Cursor cursor) {
        return feed.broadcaster().align(cursor).map(spot -> new Live(feed.broadcaster(), spot));
    }

    /** Says that the client's place is lost; the newest windows follow. */
    Stage reset(ResetReason reason) {
        out.reset(reason);
        return new Snapshotting(feed.snapshots(), Math.max(1, request.snapshot()));
    }

    private void failed(Throwable failure) {
        if (failure instanceof ProblemException told) {
            endWith(told.problem().type().code(), told.problem());
        } else if (!closed) {
            LOG.errorf(failure, "A stream failed");
            endWith("internal", Problem.ofStatus(500, Map.of()));
        }
    }

    private void endWith(String reason, Problem problem) {
        if (close(reason)) {
            out.error(problem);
            connection.end();
        }
    }

    private boolean close(String reason) {
        if (closed) {
            return false;
        }
        closed = true;
        forget();
        if (stage != null) {
            stage.leave();
        }
        loop.remove(this);
        clients.remove(this, reason);
        return true;
    }
}
