// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A query for records. They are ordered by append time in their own topic, then by partition and offset.
 *
 * @param job only records that this job wrote; always empty for an input's records
 * @param cause only records with this reason, late for this window specification, or of this kind; {@link RejectKind#DATA} is all but
 *     heartbeats
 * @param topic only records whose input is in this topic; for an input's records always present, as the topic that has them
 * @param partition only records of this input partition
 * @param from first append time, inclusive; empty for an input's records, whose times may be set by producers
 * @param to last append time, exclusive; later than {@code from}
 * @param first first offset, inclusive; only for an input's records
 * @param last last offset, inclusive; not before {@code first}
 * @param ascending oldest first instead of newest first
 * @param limit records per page
 * @param after where the page begins; empty for the first page
 */
record RejectsQuery(
        RejectKind kind,
        Optional<String> job,
        Optional<String> cause,
        Optional<String> topic,
        OptionalLong partition,
        Optional<Instant> from,
        Optional<Instant> to,
        OptionalLong first,
        OptionalLong last,
        boolean ascending,
        int limit,
        Optional<RejectsPlace> after) {

    private static final long MAX_OFFSET = 999_999_999_999_999_999L;
    private static final Parameter<Optional<String>> JOB =
            Parameter.text("job", "Only records that this job wrote", Parameter.MAX_JOB_BYTES);
    private static final Parameter<Optional<String>> TOPIC =
            Parameter.text("topic", "Only records whose input was in this topic", Parameter.MAX_TOPIC_BYTES);
    private static final Parameter<String> INPUT = Parameter.required(
            "topic",
            "Input topic of a job, as the items of `/api/v1/audit` name it",
            Parameter.MAX_TOPIC_BYTES,
            "device-readings");
    private static final Parameter<OptionalLong> PARTITION =
            Parameter.number("partition", "Only records of input partitions with this number", Integer.MAX_VALUE);
    private static final Parameter<Optional<Instant>> FROM = Parameter.instant("from", "First append time, inclusive");
    private static final Parameter<Optional<Instant>> TO =
            Parameter.instant("to", "Last append time, exclusive; later than from");
    private static final Parameter<OptionalLong> FIRST =
            Parameter.number("first", "First offset, inclusive, as the items of `/api/v1/audit` name it", MAX_OFFSET);
    private static final Parameter<OptionalLong> LAST =
            Parameter.number("last", "Last offset, inclusive; not before first", MAX_OFFSET);
    private static final Parameter<Integer> LIMIT = Parameter.integer("limit", "Records per page", 1, 200, 50);

    static List<Parameter<?>> parameters(RejectKind kind) {
        if (kind == RejectKind.INPUT) {
            return List.of(INPUT, PARTITION, FIRST, LAST, kind.parameter(), Parameter.ORDER, LIMIT, Parameter.AFTER);
        }
        return List.of(JOB, kind.parameter(), TOPIC, PARTITION, FROM, TO, Parameter.ORDER, LIMIT, Parameter.AFTER);
    }

    /** Parses the query of a request. */
    static RejectsQuery of(RejectKind kind, String query) {
        Parameters parameters = Parameters.of(query, parameters(kind));
        boolean ofInput = kind == RejectKind.INPUT;
        RejectsQuery first = new RejectsQuery(
                kind,
                parameters.get(JOB),
                parameters.get(kind.parameter()).filter(cause -> !(ofInput && cause.equals("all"))),
                ofInput ? Optional.of(parameters.get(INPUT)) : parameters.get(TOPIC),
                parameters.get(PARTITION),
                parameters.get(FROM),
                parameters.get(TO),
                parameters.get(FIRST),
                parameters.get(LAST),
                parameters.get(Parameter.ORDER).equals("asc"),
                parameters.get(LIMIT),
                Optional.empty());
        parameters.checkOrder(first.from, first.to);
        if (first.last.orElse(MAX_OFFSET) < first.first.orElse(0)) {
            parameters.refuse("first", "must not be after 'last'");
            parameters.refuse("last", "must not be before 'first'");
        }
        Optional<RejectsPlace> after = parameters.after(first.fingerprint(), RejectsPlace::parse);
        parameters.check();
        return first.with(after);
    }

    /** What a cursor is bound to: everything but the page size. */
    String fingerprint() {
        String all = QueryCursor.fingerprint(kind, job, cause, topic, partition, from, to, ascending ? "asc" : "desc");
        return kind == RejectKind.INPUT ? all + QueryCursor.fingerprint(first, last) : all;
    }

    /** Whether a record with this append time is in the range. */
    boolean isInRange(Instant appended) {
        return from.map(first -> !appended.isBefore(first)).orElse(true)
                && to.map(appended::isBefore).orElse(true);
    }

    /** The part of {@code whole} to read. An input's records are where partition and offsets say; dead letters and late records may be anywhere. */
    RejectsPlace within(RejectsPlace whole) {
        return kind == RejectKind.INPUT ? whole.only(partition, first.orElse(0), last.orElse(MAX_OFFSET) + 1) : whole;
    }

    /** Whether the query selects a record with these headers. */
    boolean matches(RejectHeaders headers) {
        if (kind == RejectKind.INPUT && cause.equals(Optional.of(RejectKind.DATA))) {
            return !headers.text(kind.cause()).equals(Optional.of(RejectKind.HEARTBEAT));
        }
        return matches(job, headers, "job")
                && matches(cause, headers, kind.cause())
                && (kind == RejectKind.INPUT || isOfInput(headers));
    }

    private boolean isOfInput(RejectHeaders headers) {
        return matches(topic, headers, "topic")
                && (partition.isEmpty()
                        || headers.text("partition").equals(Optional.of(Long.toString(partition.getAsLong()))));
    }

    private RejectsQuery with(Optional<RejectsPlace> place) {
        return new RejectsQuery(kind, job, cause, topic, partition, from, to, first, last, ascending, limit, place);
    }

    private static boolean matches(Optional<String> asked, RejectHeaders headers, String name) {
        return asked.isEmpty() || asked.equals(headers.text(name));
    }
}
