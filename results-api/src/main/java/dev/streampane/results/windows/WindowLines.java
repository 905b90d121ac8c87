// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.consistency.ReadConsistency;
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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One answer in lines. The next rows are read when the connection has taken those before, so that an answer takes the memory of a part
 * of it, however long it is. All of it runs on the connection's event loop, but for the reading.
 *
 * <p>An answer that has taken as long as a stream may live ends with a cursor, so that it gives its place to others.
 *
 * <p>The last line is {@code {"next":…,"truncated":…,"position":…}}, or {@code {"error":…}} with a problem when the reading fails on the
 * way, or the credential ends: an answer without either was cut off. A format that has no such line is cut off instead of it, unless the
 * answer has all that was asked for. The position is one that all parts hold, which may be below the
 * header's, that of the first part: Elasticsearch may get behind while the lines are read. What came into the log later may be in the
 * rows, or not.
 */
final class WindowLines {

    /** 2.5 MB/s at 100 ms to the client and back; who takes a third of it within the stall timeout is not cut off. */
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
    private Optional<ReadConsistency.Coverage> shown = Optional.empty();
    private Cancellable reading = () -> {};
    private final long endsAt;
    private Connection connection;
    private long written;
    private boolean over;

    /** The timer that cuts off who takes nothing. */
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

    /** The first rows; may fail with a problem while there is still a head to say it in. Among the running ones until all has been written. */
    Uni<WindowPage> first(Bulkhead bound) {
        return Uni.createFrom()
                .item(() -> bound.acquire(access))
                .invoke(taken -> place = taken)
                .chain(() -> pages.checkValues(query))
                .chain(() -> pages.first(query, Math.min(PART, query.limit())))
                .invoke(page -> {
                    // what cannot say that rows are missing is not begun without them
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

    /** Writes lines as the connection takes them, never half of one, then goes on. What may no longer be read is no longer written. */
    private void write(Iterator<String> lines, Runnable then) {
        if (!over && !access.holds()) {
            fail(new ProblemException(Problem.ofStatus(401, Map.of())));
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
                // a later write that fills the queue for a moment would call it again
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

    /** What a caller is told of a failure. */
    static Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        LOG.error("Reading windows failed", failure);
        return Problem.ofStatus(500, Map.of());
    }

    /** Ends the answer, by a line that says how, or where there is no such line and it is not whole by cutting it off. */
    private void end(JsonNode how, boolean whole) {
        Optional<String> last = format.end(how);
        if (last.isEmpty() && !whole) {
            cut();
            return;
        }
        over = true;
        place.close();
        // its connection may have another request then
        response.end(last.orElse("")).onFailure(lost -> Connection.cut(request)).onComplete(written -> loop.owner()
                .cancelTimer(stalled));
    }

    /** What is written would wait in memory, and who takes the last part too slowly has a place of others. */
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
