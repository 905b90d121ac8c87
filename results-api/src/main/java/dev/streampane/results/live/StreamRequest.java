// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Credentials;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailEntry;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A client's request for a stream. An empty set of jobs, keys or specifications accepts all.
 *
 * @param jobs only entries of these jobs; word counts belong to job {@code word-count}
 * @param keys only results of these keys, alerts of these clients, and counts of these words
 * @param specs only results of these specifications, and neither alerts nor word counts
 * @param access only entries that this access may read
 * @param finals whether committed results (FINAL, REVISED and RETRACTED) are sent; also alerts and word counts
 * @param previews whether previews are sent
 * @param snapshot windows per series to begin with; 0: none
 * @param since append time to begin at
 * @param lastEventId position after which to begin; when present, it alone says where the stream begins
 * @param format the encoding of events
 */
public record StreamRequest(
        Set<String> jobs,
        Set<String> keys,
        Set<String> specs,
        Access access,
        boolean finals,
        boolean previews,
        int snapshot,
        Optional<Instant> since,
        Optional<String> lastEventId,
        Format format) {

    private static final int MAX_VALUES = 100;
    private static final Parameter<Set<String>> JOB = Parameter.texts(
            "job", "Only these jobs' results and alerts; may be repeated", Parameter.MAX_JOB_BYTES, MAX_VALUES);
    private static final Parameter<Set<String>> KEY = Parameter.texts(
            "key",
            "Only these keys' results, these clients' alerts and these words' counts; may be repeated",
            Parameter.MAX_KEY_BYTES,
            MAX_VALUES);
    private static final Parameter<Set<String>> SPEC =
            Parameter.specs("Only results of these window specifications; may be repeated", MAX_VALUES);
    private static final Parameter<String> EMIT = Parameter.choice(
            "emit",
            "Results as they are committed, previews of windows that are still open, or both",
            "final",
            "early",
            "all");
    private static final Parameter<OptionalInt> SNAPSHOT = Parameter.integer(
            "snapshot", "Begin with this number of newest windows of each series, then `event: snapshot-end`", 1, 100);
    private static final Parameter<Optional<Instant>> SINCE =
            Parameter.instant("since", "Begin with what was appended at this time or later; not with snapshot");
    private static final Parameter<Optional<String>> LAST_EVENT_ID =
            Parameter.raw("lastEventId", "Like header Last-Event-ID, for clients that cannot send it; the header wins");

    public static final List<Parameter<?>> PARAMETERS = List.of(
            JOB,
            KEY,
            SPEC,
            EMIT,
            SNAPSHOT,
            SINCE,
            Parameter.header("Last-Event-ID", "Resume after this position"),
            LAST_EVENT_ID,
            Parameter.raw(Credentials.TICKET, "A ticket of /api/v1/tickets, instead of a credential"));

    /**
     * Reads a request's parameters and headers.
     *
     * @throws dev.streampane.results.problem.ProblemException 400 naming what is wrong, 403 when it asks for entries that the caller may not read
     */
    static StreamRequest of(HttpServerRequest request, Access access) {
        Parameters parameters = Parameters.of(request.query(), PARAMETERS);
        Set<String> jobs = parameters.get(JOB);
        Set<String> keys = parameters.get(KEY);
        Set<String> specs = parameters.get(SPEC);
        String emit = parameters.get(EMIT);
        int snapshot = parameters.get(SNAPSHOT).orElse(0);
        Optional<Instant> since = parameters.get(SINCE);
        if (since.isPresent() && snapshot > 0) {
            parameters.refuse("since", "is not allowed beside snapshot");
        }
        if (since.isPresent() && since.get().isAfter(Instant.now())) {
            parameters.refuse("since", "is in the future; it is " + Instant.now() + " here");
        }
        Optional<String> lastEventId = Optional.ofNullable(request.getHeader("Last-Event-ID"))
                .filter(id -> !id.isEmpty())
                .or(() -> parameters.get(LAST_EVENT_ID))
                .filter(id -> !id.isEmpty());
        parameters.check();
        access.checkAny();
        for (String job : jobs) {
            access.checkJob(job);
            keys.forEach(key -> access.checkKey(job, key));
        }
        return new StreamRequest(
                jobs,
                keys,
                specs,
                access,
                !emit.equals("early"),
                !emit.equals("final"),
                snapshot,
                since,
                lastEventId,
                Format.preferred(request.headers().getAll("Accept")));
    }

    /** The same without {@code since} and {@code lastEventId}, which only matter when the stream opens. */
    StreamRequest begun() {
        return new StreamRequest(
                jobs, keys, specs, access, finals, previews, snapshot, Optional.empty(), Optional.empty(), format);
    }

    /** Whether every entry of the log is accepted. */
    boolean takesAll() {
        return finals
                && jobs.isEmpty()
                && keys.isEmpty()
                && specs.isEmpty()
                && access.grants().isEmpty();
    }

    /** Whether an entry of the log is accepted. */
    boolean takes(TailEntry entry) {
        return finals && takes(entry.job(), entry.spec(), entry.key());
    }

    /** Whether results of a series are accepted. */
    boolean takes(Series series) {
        return finals && takes(series.job(), series.spec(), series.key());
    }

    boolean takesPreview(TailEntry preview) {
        return previews && takes(preview.job(), preview.spec(), preview.key());
    }

    private boolean takes(String job, String spec, String key) {
        return (keys.isEmpty() || keys.contains(key))
                && (jobs.isEmpty() || jobs.contains(job))
                && (specs.isEmpty() || specs.contains(spec))
                && access.mayRead(job, key);
    }
}
