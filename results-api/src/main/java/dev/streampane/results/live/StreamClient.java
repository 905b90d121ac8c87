// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Connection;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One open stream. Its {@link Stage} writes only what the connection takes, and nothing is queued for later, so a slow client costs no memory
 * beyond what waits in its connection.
 *
 * <p>All methods but {@link #end} run on the connection's event loop.
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
    private final boolean takesAll;
    private Stage stage;
    private Cancellable pending = () -> {};
    private boolean asking;

    private long nextHeartbeat;
    private long endsAt;

    /** Whether {@link #run} is running: a write in it that the socket takes at once may call {@link #drained}. */
    private boolean running;

    private boolean closed;

    StreamClient(LiveFeed feed, StreamClients clients, StreamRequest request, Connection connection) {
        this.feed = feed;
        this.clients = clients;
        this.request = request.begun();
        this.connection = connection;
        this.writer = new EventWriter(connection, request.format(), clients);
        this.loop = feed.broadcaster().loop(connection.eventLoop(), feed.config());
        this.takesAll = request.takesAll();
    }

    /** Opens the stream for at most {@code lifeNanos}. */
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
    void run() {
        running = true;
        try {
            endWithCredential();
            for (int stages = 0; stages < STAGES_PER_ROUND && !closed; stages++) {
                Stage next = stage.run(this);
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

    /** Sends heartbeats, ends a stream whose life or credential has ended, and cuts a connection that takes nothing. */
    void tick(long now) {
        endWithCredential();
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

    /** Ends the stream cleanly, so that the client resumes; may be called by any thread. Completes when everything has been written. */
    CompletableFuture<Void> end(String reason) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        connection.eventLoop().execute(() -> {
            if (close(reason)) {
                connection.end().onComplete(written -> ended.complete(null));
            } else {
                ended.complete(null);
            }
        });
        return ended;
    }

    /** Called when the connection takes more. */
    void drained() {
        if (!closed && !running) {
            loop.run(this);
        }
    }

    LiveFeed feed() {
        return feed;
    }

    StreamRequest request() {
        return request;
    }

    EventLoopStreams loop() {
        return loop;
    }

    EventWriter writer() {
        return writer;
    }

    Connection connection() {
        return connection;
    }

    boolean takesAll() {
        return takesAll;
    }

    /** Schedules a round. */
    void again() {
        loop.wake();
    }

    /** Passes the item of {@code answer} to {@code taker} and goes on, unless the stage has changed by then; a failure ends the stream. */
    <T> void ask(Uni<T> answer, Consumer<T> taker) {
        asking = true;
        pending = answer.emitOn(connection.eventLoop())
                .invoke(item -> {
                    asking = false;
                    taker.accept(item);
                    loop.run(this);
                })
                .subscribe()
                .with(taken -> {}, this::failed);
    }

    /** Whether a question is pending. */
    boolean asking() {
        return asking;
    }

    /** Cancels the pending question: neither its answer nor its failure is delivered. */
    void forget() {
        asking = false;
        pending.cancel();
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
            endWith("internal", Problem.ofStatus(500));
        }
    }

    /** Ends the stream when its credential has expired or was revoked. */
    private void endWithCredential() {
        if (!request.access().holds()) {
            endWith("credential", Problem.ofStatus(401));
        }
    }

    private void endWith(String reason, Problem problem) {
        if (close(reason)) {
            writer.error(problem);
            connection.end();
        }
    }

    /** Releases everything that the stream holds; false when it was closed before. Does not end the connection, and writes nothing. */
    boolean close(String reason) {
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
