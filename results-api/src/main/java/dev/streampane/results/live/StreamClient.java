// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.tail.Snapshot;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
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
 * <p>All methods but {@link #snapshot}, {@link #end} and {@link #fail} run on the connection's event loop.
 */
final class StreamClient {

    private static final Logger LOG = Logger.getLogger(StreamClient.class);
    private static final int STAGES_PER_ROUND = 8;
    private static final long RELIEF_NANOS = 1_000_000_000;

    private final LiveFeed feed;
    private final StreamClients clients;
    private final StreamRequest request;
    private final Connection connection;
    private final EventWriter writer;
    private final EventLoopStreams loop;
    private final PendingAnswer pending;
    private final boolean takesAll;
    private Stage stage;

    private long nextHeartbeat;
    private long endsAt;

    /** A write that the socket takes at once may report that the connection has drained, and so call {@link #run} within itself. */
    private boolean running;

    private boolean closed;

    StreamClient(LiveFeed feed, StreamClients clients, StreamRequest request, Connection connection) {
        this.feed = feed;
        this.clients = clients;
        this.request = request.begun();
        this.connection = connection;
        this.writer = new EventWriter(connection, request.format(), clients);
        this.loop = feed.loop(connection.channel().eventLoop());
        this.pending = new PendingAnswer(loop, this::failed);
        this.takesAll = request.takesAll();
    }

    /** Opens the stream for {@code lifeNanos} at most. */
    void open(Stage first, Optional<String> lastEventId, long lifeNanos, long retryMillis) {
        long now = System.nanoTime();
        nextHeartbeat = now + feed.config().heartbeat().toNanos();
        endsAt = now + lifeNanos;
        stage = first;
        loop.add(this);
        writer.greeting(retryMillis, lastEventId);
        loop.run(this);
        if (!closed && stage instanceof LiveStage) {
            writer.progress(stage.place());
        }
    }

    /** Runs stages until there is no more to send now. */
    void run(RoundCache cache) {
        if (running) {
            return;
        }
        running = true;
        try {
            for (int stages = 0; stages < STAGES_PER_ROUND && !closed; stages++) {
                Stage next = stage.run(this, cache);
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
            running = false;
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
                writer.heartbeat();
                writer.progress(stage.place());
            }
        }
        if (!(stage instanceof LiveStage)) {
            loop.run(this);
        }
    }

    /** The connection could not be opened. */
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

    /** Ends the stream with {@code event: error}; by any thread. */
    void fail(String reason, Problem problem) {
        loop.execute(() -> endWith(reason, problem));
    }

    /** The connection takes more. */
    void drained() {
        if (!closed) {
            loop.run(this);
        }
    }

    Tail tail() {
        return feed.tail();
    }

    StreamFilter filter() {
        return request.filter();
    }

    /** The newest windows that the client wants; takes its time where the tail has many series. */
    Snapshot snapshot(int windows, int max) {
        return feed.tail()
                .snapshot(
                        request.filter().keys(),
                        series -> request.emit().finals() && request.filter().takes(series),
                        windows,
                        max);
    }

    /** Of the tail's earliest offsets those of results, unless the client wants none. */
    Optional<Position.Topic> resultsBelow(Position earliest) {
        return earliest.topic(feed.resultsTopic())
                .filter(topic -> request.emit().finals());
    }

    CatchUpReader catchUp() {
        return feed.catchUp();
    }

    EventWriter writer() {
        return writer;
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
        Previews.Batch run = feed.previews().read(from);
        List<Frame> wanted = run.frames().stream()
                .filter(frame -> request.filter().takes(frame.entry()))
                .filter(frame -> feed.previews().holds(frame.entry()))
                .toList();
        writer.previews(wanted);
        if (run.next() < feed.previews().end()) {
            again();
        }
        return run.next();
    }

    /** Where a client begins that wants previews; nothing when it wants none. */
    OptionalLong previewsFrom() {
        return request.emit().previews() ? OptionalLong.of(feed.previews().end()) : OptionalLong.empty();
    }

    /** Schedules a round. */
    void again() {
        loop.wake();
    }

    /** Waits for {@code answer}, takes it, and goes on, unless the stage is another one by then; what cannot be answered ends the stream. */
    <T> void ask(Uni<T> answer, Consumer<T> taker) {
        pending.await(answer, item -> {
            taker.accept(item);
            loop.run(this);
        });
    }

    /** Cancels the pending question. */
    void forget() {
        pending.forget();
    }

    /** Where a client that has reached the tail's end goes on, if it can be at once. */
    Optional<Stage> align(Cursor cursor) {
        return feed.broadcaster().align(cursor).map(spot -> new LiveStage(feed.broadcaster(), spot));
    }

    /** Writes {@code event: reset}; the newest windows follow. */
    Stage reset(ResetReason reason) {
        writer.reset(reason);
        return new SnapshotStage(feed.snapshots(), Math.max(1, request.snapshot()));
    }

    private void failed(Throwable failure) {
        if (failure instanceof ProblemException known) {
            endWith(known.problem().type().code(), known.problem());
        } else if (!closed) {
            LOG.errorf(failure, "A stream failed");
            endWith("internal", Problem.ofStatus(500, Map.of()));
        }
    }

    private void endWith(String reason, Problem problem) {
        if (close(reason)) {
            writer.error(problem);
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
