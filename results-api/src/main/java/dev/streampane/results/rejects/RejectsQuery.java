// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which records are asked for. They come by append time in their own topic, those of one time by partition and offset.
 *
 * @param kind dead letters or late records
 * @param job only what this job wrote
 * @param cause only those of this reason, or late for this window specification
 * @param topic only those whose input lay in this topic
 * @param partition only those whose input lay in a partition of this number
 * @param from first append time, inclusive
 * @param to last append time, exclusive; later than {@code from}
 * @param ascending oldest first instead of newest first
 * @param limit records per page
 * @param after where the page begins
 */
record RejectsQuery(
        RejectKind kind,
        Optional<String> job,
        Optional<String> cause,
        Optional<String> topic,
        OptionalLong partition,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean ascending,
        int limit,
        Optional<RejectsPlace> after) {

    static final int MAX_LIMIT = 200;
    static final int DEFAULT_LIMIT = 50;

    /** Reads a request's query. */
    static RejectsQuery of(RejectKind kind, String query) {
        Parameters parameters = Parameters.of(
                query, "job", kind.cause(), "topic", "partition", "from", "to", "order", "limit", "after");
        RejectsQuery first = new RejectsQuery(
                kind,
                parameters.text("job", Parameters.MAX_JOB_BYTES),
                cause(kind, parameters),
                parameters.text("topic", Parameters.MAX_TOPIC_BYTES),
                parameters.number("partition", Integer.MAX_VALUE),
                parameters.instant("from"),
                parameters.instant("to"),
                parameters.choice("order", "desc", "asc").equals("asc"),
                parameters.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                Optional.empty());
        parameters.checkOrder(first.from, first.to);
        Optional<RejectsPlace> after = parameters.after(first.fingerprint(), RejectsPlace::parse);
        parameters.check();
        return first.with(after);
    }

    /** What a cursor is bound to: everything but the size of the page. */
    String fingerprint() {
        return QueryCursor.fingerprint(kind, job, cause, topic, partition, from, to, ascending ? "asc" : "desc");
    }

    /** Whether a record appended then lies in the range. */
    boolean isInRange(Instant appended) {
        return from.map(first -> !appended.isBefore(first)).orElse(true)
                && to.map(appended::isBefore).orElse(true);
    }

    /** Whether the headers are those that are asked for. */
    boolean matches(RejectHeaders headers) {
        return matches(job, headers, "job")
                && matches(cause, headers, kind.cause())
                && matches(topic, headers, "topic")
                && (partition.isEmpty()
                        || headers.number("partition")
                                .filter(number -> number == partition.getAsLong())
                                .isPresent());
    }

    private RejectsQuery with(Optional<RejectsPlace> place) {
        return new RejectsQuery(kind, job, cause, topic, partition, from, to, ascending, limit, place);
    }

    private static boolean matches(Optional<String> asked, RejectHeaders headers, String name) {
        return asked.isEmpty() || asked.equals(headers.text(name));
    }

    private static Optional<String> cause(RejectKind kind, Parameters parameters) {
        if (kind == RejectKind.LATE) {
            return parameters.spec();
        }
        Optional<String> reason = parameters.raw("reason");
        if (reason.isPresent() && !RejectKind.REASONS.contains(reason.get())) {
            parameters.refuse(
                    "reason",
                    "'%s' is not allowed; allowed is one of %s"
                            .formatted(Parameters.shown(reason.get()), String.join(", ", RejectKind.REASONS)));
        }
        return reason;
    }
}
