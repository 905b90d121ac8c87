// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Gate;
import dev.streampane.results.tail.TailEntry;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a client asks of a stream.
 *
 * @param filter which results, alerts and counts
 * @param emit finals, previews, or both
 * @param snapshot windows per series to begin with; 0: none
 * @param since from when on, by append time
 * @param lastEventId behind what; decides alone when it is there
 * @param format how it is written
 */
record StreamRequest(
        StreamFilter filter,
        Emit emit,
        int snapshot,
        Optional<Instant> since,
        Optional<String> lastEventId,
        Format format) {

    /** What is said of a window. */
    enum Emit {
        /** What holds: FINAL, REVISED and RETRACTED; also alerts and counts of words. */
        FINAL,
        /** Previews alone. */
        EARLY,
        /** Both. */
        ALL;

        boolean finals() {
            return this != EARLY;
        }

        boolean previews() {
            return this != FINAL;
        }
    }

    private static final int MAX_VALUES = 100;
    private static final int MAX_WINDOWS = 100;

    /**
     * Reads a request's parameters and headers.
     *
     * @throws dev.streampane.results.problem.ProblemException 400 naming what is wrong, 403 when it asks for what the caller may not read
     */
    static StreamRequest of(HttpServerRequest request, Access access) {
        Parameters parameters = Parameters.of(
                request.query(),
                List.of("job", "key", "spec"),
                "emit",
                "snapshot",
                "since",
                "lastEventId",
                Gate.TICKET);
        StreamFilter filter = new StreamFilter(
                parameters.texts("job", Parameters.MAX_JOB_BYTES, MAX_VALUES),
                parameters.texts("key", Parameters.MAX_KEY_BYTES, MAX_VALUES),
                parameters.specs(MAX_VALUES),
                access);
        String emit = parameters.choice("emit", "final", "early", "all");
        int snapshot = parameters.integer("snapshot", 1, MAX_WINDOWS, 0);
        Optional<Instant> since = parameters.instant("since");
        if (since.isPresent() && snapshot > 0) {
            parameters.refuse("since", "is not allowed beside snapshot");
        }
        if (since.isPresent() && since.get().isAfter(Instant.now())) {
            parameters.refuse("since", "is in the future; it is " + Instant.now() + " here");
        }
        Optional<String> lastEventId = Optional.ofNullable(request.getHeader("Last-Event-ID"))
                .filter(id -> !id.isEmpty())
                .or(() -> parameters.raw("lastEventId"))
                .filter(id -> !id.isEmpty());
        parameters.check();
        filter.check();
        return new StreamRequest(
                filter,
                switch (emit) {
                    case "early" -> Emit.EARLY;
                    case "all" -> Emit.ALL;
                    default -> Emit.FINAL;
                },
                snapshot,
                since,
                lastEventId,
                Format.preferred(request.headers().getAll("Accept")));
    }

    /** The same without what matters only at the beginning. */
    StreamRequest begun() {
        return new StreamRequest(filter, emit, snapshot, Optional.empty(), Optional.empty(), format);
    }

    /** Whether every entry of the log is taken. */
    boolean takesAll() {
        return emit.finals() && filter.takesAll();
    }

    boolean takes(TailEntry entry) {
        return emit.finals() && filter.takes(entry);
    }
}
