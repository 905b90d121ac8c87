// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bound;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * One answer in lines. The next rows are read when the connection has taken those before, so that an answer takes the memory of a part
 * of it, however long it is. All of it runs on the connection's event loop, but for the reading.
 *
 * <p>An answer that has taken as long as a stream may live ends with a cursor, so that it gives its place to others.
 *
 * <p>The last line is {@code {"next":…,"truncated":…,"position":…}}, or {@code {"error":…}} with a problem when the reading fails on the
 * way, or the credential ends: an answer without either was cut off. The position is one that all parts hold, which may be below the
 * header's, that of the first part: Elasticsearch may get behind while the lines are read. What came into the log later may be in the
 * rows, or not.
 */
final class WindowLines {

    private static final Logger LOG = Logger.getLogger(WindowLines.class);
    private static final int PART = 500;

    private final WindowPages pages;
    private final WindowQuery query;
    private final HttpServerResponse response;
    private final Context loop;
    private final ResultsConfig.Stream limits;
    private final Access access;
    private Access.Registration credential = () -> {};
    private volatile Bound.Place place = () -> {};
    private Optional<AtLeast.Shown> shown = Optional.empty();
    private Cancellable reading = () -> {};
    private final long endsAt;
    private long written;
    private boolean over;

    WindowLines(
            WindowPages pages,
            WindowQuery query,
            HttpServerResponse response,
            Context loop,
            ResultsConfig.Stream limits,
            Access access) {
        this.pages = pages;
        this.query = query;
        this.response = response;
        this.loop = loop;
        this.limits = limits;
        this.access = access;
        this.endsAt = System.nanoTime() + limits.maxLife().toNanos();
    }

    /** The first rows; may fail with a problem while there is still a head to say it in. Among the running ones until all has been written. */
    Uni<WindowPage> first(Bound bound) {
        return Uni.createFrom()
                .item(() -> bound.take(access))
                .invoke(taken -> place = taken)
                .chain(() -> pages.first(query, Math.min(PART, query.limit())))
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
            response.closeHandler(gone -> stop());
            response.exceptionHandler(gone -> stop());
            credential = access.whenEnded(loop.owner(), () -> onLoop(this::endCredential));
            write(first);
        });
    }

    private Uni<WindowPage> read(Optional<Row> after) {
        int max = (int) Math.min(PART, query.limit() - written);
        return pages.read(query, after, max, shown);
    }

    private void write(WindowPage page) {
        shown = Optional.of(page.shown());
        Buffer lines = Buffer.buffer();
        page.rows().forEach(row -> lines.appendBytes(line(query.fields().of(row.result()))));
        written += page.rows().size();
        if (page.next().isEmpty() || written >= query.limit() || System.nanoTime() - endsAt > 0) {
            end(lines.appendBytes(line(last(page))));
            return;
        }
        response.write(lines);
        if (response.writeQueueFull()) {
            long timer = loop.owner().setTimer(limits.stallTimeout().toMillis(), late -> stall());
            response.drainHandler(drained -> {
                // a later write that fills the queue for a moment would call it again
                response.drainHandler(null);
                loop.owner().cancelTimer(timer);
                readOn(page.next());
            });
        } else {
            readOn(page.next());
        }
    }

    private void readOn(Optional<Row> after) {
        if (over) {
            return;
        }
        reading =
                read(after).subscribe().with(page -> onLoop(() -> write(page)), failure -> onLoop(() -> fail(failure)));
    }

    private void onLoop(Runnable task) {
        loop.runOnContext(ready -> {
            if (!over) {
                task.run();
            }
        });
    }

    private ObjectNode last(WindowPage page) {
        ObjectNode last = page.shown(query).json();
        last.remove("items");
        return last;
    }

    /** What may no longer be read is no longer sent. */
    private void endCredential() {
        reading.cancel();
        fail(new ProblemException(Problem.ofStatus(401, Map.of())));
    }

    private void fail(Throwable failure) {
        ObjectNode error = ResultJson.JSON.createObjectNode();
        try {
            error.set("error", ResultJson.JSON.readTree(problem(failure).json("/api/v1/windows")));
        } catch (IOException e) {
            throw new UncheckedIOException("a problem is JSON", e);
        }
        end(Buffer.buffer(line(error)));
    }

    /** What a caller is told of a failure. */
    static Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        LOG.error("Reading windows failed", failure);
        return Problem.ofStatus(500, Map.of());
    }

    private void end(Buffer lines) {
        over = true;
        credential.close();
        place.close();
        response.end(lines);
    }

    /** Who takes nothing for so long is cut off: what is written would wait in memory. */
    private void stall() {
        stop();
        response.reset();
    }

    private void stop() {
        over = true;
        credential.close();
        place.close();
        reading.cancel();
    }

    private static byte[] line(JsonNode json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
