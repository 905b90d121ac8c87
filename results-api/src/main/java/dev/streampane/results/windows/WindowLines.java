// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bulkhead;
import dev.streampane.results.security.Connection;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One answer in lines. The next rows are read after the connection has taken the previous ones, so an answer of any length needs the memory
 * of one part only. Everything except the reading runs on the connection's event loop.
 *
 * <p>An answer that has taken {@link StreamConfig#maxLife} ends with a cursor, to release its permit to others.
 *
 * <p>The last line is {@code {"next":…,"truncated":…,"position":…}}, or {@code {"error":…}} with a problem when a read fails or the
 * credential expires; an answer without either was cut off. A format without a last line is cut off instead, unless the answer has all rows
 * that were asked for. Everything below the position in the last line is in the answer. That position may be lower than the one in the
 * header, which is of the first part: Elasticsearch may fall behind while the lines are read. Later results may be in the rows or not.
 */
final class WindowLines {

    /** Allows 2.5 MB/s at a round-trip time of 100 ms. A client that takes a third of it within the stall timeout is not cut off. */
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private static final Logger LOG = Logger.getLogger(WindowLines.class);
    private static final int PART = 500;

    private final WindowPages pages;
    private final WindowQuery query;
    private final LineFormat format;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context loop;
    private final StreamConfig limits;
    private final Access access;
    private volatile Bulkhead.Permit place = () -> {};
    private Optional<Coverage> shown = Optional.empty();
    private Cancellable reading = () -> {};
    private final long endsAt;
    private Connection connection;
    private long written;
    private boolean over;

    /** The timer that cuts off a client that takes nothing. */
    private long stalled;

    WindowLines(
            WindowPages pages,
            WindowQuery query,
            LineFormat format,
            HttpServerRequest request,
            Context loop,
            StreamConfig limits,
            Access access) {
        this.pages = pages;
        this.query = query;
        this.format = format;
        this.request = request;
        this.response = request.response();
        this.loop = loop;
        this.limits = limits;
        this.access = access;
        this.endsAt = System.nanoTime() + limits.maxLife().toNanos();
    }

    /** Reads the first rows. A failure can still be answered with a status, as no header is sent yet. Holds a permit until all has been written. */
    Uni<WindowPage> first(Bulkhead bound) {
        return Uni.createFrom()
                .item(() -> bound.acquire(access))
                .invoke(taken -> place = taken)
                .chain(() -> pages.checkValues(query))
                .chain(() -> pages.first(query, Math.min(PART, query.limit())))
                .invoke(page -> {
                    // CSV cannot say that rows are missing, so it is not begun if any may be
                    if (format == LineFormat.CSV) {
                        pages.checkWhole(page);
                    }
                })
                .onFailure()
                .invoke(() -> place.close());
    }

    /** Begins the answer with its first rows. */
    void begin(WindowPage first, boolean headOnly) {
        loop.runOnContext(ready -> {
            if (response.closed()) {
                place.close();
                return;
            }
            response.putHeader(ResultPage.POSITION, first.shown().position().toString());
            if (headOnly) {
                place.close();
                response.end();
                return;
            }
            response.setChunked(true);
            connection = new Connection(request, SEND_BUFFER_BYTES);
            stalled = loop.owner().setPeriodic(limits.stallTimeout().toMillis() / 2, look -> cutIfStuck());
            response.closeHandler(gone -> stop());
            response.exceptionHandler(gone -> stop());
            write(format.head(query.fields()), first);
        });
    }

    private void write(String head, WindowPage page) {
        shown = Optional.of(page.shown());
        Iterator<String> lines = Stream.concat(
                        Stream.of(head), page.rows().stream().map(row -> format.line(query.fields(), row)))
                .iterator();
        written += page.rows().size();
        boolean all = page.next().isEmpty() || written >= query.limit();
        if (all || System.nanoTime() - endsAt > 0) {
            write(lines, () -> end(last(page), all && page.shown().reason().isEmpty()));
        } else {
            write(lines, () -> readOn(page.next()));
        }
    }

    /** Writes whole lines as the connection takes them, then runs {@code then}. Fails with 401 once the credential no longer holds. */
    private void write(Iterator<String> lines, Runnable then) {
        if (!over && !access.holds()) {
            fail(new ProblemException(Problem.ofStatus(401)));
        }
        while (!over && lines.hasNext() && !connection.full()) {
            Buffer some = Buffer.buffer();
            while (lines.hasNext() && some.length() < Connection.MAX_WAITING_BYTES) {
                some.appendString(lines.next());
            }
            connection.write(some);
        }
        if (over) {
            return;
        }
        if (connection.full()) {
            response.drainHandler(drained -> {
                // otherwise a later write that fills the queue for a moment calls it again
                response.drainHandler(null);
                write(lines, then);
            });
        } else {
            then.run();
        }
    }

    private void readOn(Optional<Row> after) {
        reading = pages.read(query, after, (int) Math.min(PART, query.limit() - written), shown)
                .subscribe()
                .with(page -> onLoop(() -> write("", page)), failure -> onLoop(() -> fail(failure)));
    }

    private void onLoop(Runnable task) {
        loop.runOnContext(ready -> {
            if (!over) {
                task.run();
            }
        });
    }

    private ObjectNode last(WindowPage page) {
        ObjectNode last = new WindowPage(List.of(), page.next(), page.shown())
                .shown(query)
                .json();
        last.remove("items");
        return last;
    }

    private void fail(Throwable failure) {
        end(ResultJson.JSON.createObjectNode().set("error", problem(failure).tree("/api/v1/windows")), false);
    }

    /** The problem that tells a caller of a failure; an unexpected failure is logged and becomes a 500. */
    static Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        LOG.error("Reading windows failed", failure);
        return Problem.ofStatus(500);
    }

    /** Ends the answer with the last line {@code how}. If the format has no such line, an answer that is not whole is cut off. */
    private void end(JsonNode how, boolean whole) {
        Optional<String> last = format.end(how);
        if (last.isEmpty() && !whole) {
            cut();
            return;
        }
        over = true;
        place.close();
        // after that, the connection may serve another request, which the timer must not cut off
        response.end(last.orElse("")).onFailure(lost -> Connection.cut(request)).onComplete(written -> loop.owner()
                .cancelTimer(stalled));
    }

    /** Cuts off a client that takes nothing, as its lines wait in memory, and one that takes its last part too slowly, as it holds a permit. */
    private void cutIfStuck() {
        long now = System.nanoTime();
        if (Math.max(connection.stuckNanos(now), now - endsAt)
                > limits.stallTimeout().toNanos()) {
            cut();
        }
    }

    private void cut() {
        stop();
        Connection.cut(request);
    }

    private void stop() {
        over = true;
        place.close();
        reading.cancel();
        loop.owner().cancelTimer(stalled);
    }
}
