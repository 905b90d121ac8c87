// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * All problems that this service answers with; each has a page at {@code /problems/<code>}.
 *
 * <p>A new type needs one more constant: status, meaning, remedy. The most general type of a status comes first, because {@link #ofStatus}
 * uses it.
 */
public enum ProblemType {
    BAD_REQUEST(
            400,
            "The request is malformed.",
            "Send what RFC 9110 and RFC 9112 allow: one Host, one length, percent-encoded UTF-8."),
    INVALID_PARAMETER(
            400,
            "One or more parameters are missing, unknown, repeated or out of range.",
            "Change the parameters that 'violations' names to what it says is allowed."),
    UNAUTHORIZED(
            401,
            "The request has no valid credential: none, an unknown or expired one, or more than one.",
            "Send one API key or token as 'Authorization: Bearer …', or a ticket that was not used yet on the stream."),
    FORBIDDEN(
            403,
            "The credential is valid, but its scopes do not permit this.",
            "Ask for a credential with the scope that 'detail' names."),
    UNKNOWN_PATH(404, "There is nothing at this path.", "See /q/openapi for the paths."),
    UNKNOWN_JOB(404, "There is no job with this name.", "See /api/v1/jobs for the jobs."),
    UNKNOWN_INPUT(
            404,
            "No job's audit names an input topic with this name.",
            "See the items of /api/v1/audit for the topics that jobs have read."),
    UNKNOWN_ID(
            404,
            "There is nothing with this id, or the credential may not read it.",
            "Take ids from answers and from the stream; in a path, write their % as %25."),
    METHOD_NOT_ALLOWED(
            405, "This path does not support this method.", "Use one of the methods that the Allow header lists."),
    NOT_ACCEPTABLE(
            406,
            "No media type that the request accepts is available.",
            "Send an Accept header with one of the types in /q/openapi, or none."),
    BODY_TOO_LARGE(413, "The request body is too large.", "Send no body; no request needs more than 64 KiB."),
    REQUEST_LINE_TOO_LONG(
            414,
            "Method, path and query take more than 4,096 bytes without 'after', 'ticket', 'lastEventId', 'atLeast' and 'asOf'.",
            "Ask for less at once: fewer keys, shorter values."),
    UNSUPPORTED_MEDIA_TYPE(415, "The media type of the request body is not supported.", "Send no body, or JSON."),
    NOT_RECOMPUTABLE(
            422,
            "This service does not know what the job computes, so it cannot recompute its results.",
            "Ask for results of weather-average, transaction-total or time-series-speed; 'streampane replay' recomputes those of every windowed job."),
    TOO_MUCH_TO_EXPLAIN(
            422,
            "Recomputing the result would read more records, or take longer, than one request may.",
            "Run the command in 'command', which recomputes all windows of that time and compares them."),
    UNKNOWN_TIME(
            422,
            "It is unknown when a relevant revision was appended: it was indexed before append times were kept.",
            "Ask by position instead of by instant, or rebuild the index from the log."),
    HISTORY_GONE(
            422,
            "Only later revisions of a window are kept, and earlier ones may have been dropped, so its revision at that time is unknown.",
            "Ask for a later moment, or rebuild the index from the log."),
    TOO_MANY_WINDOWS(
            422,
            "The query covers too many windows: queries about the past have no pages, and results of texts and numbers are added up one by one.",
            "Narrow 'key', 'from' and 'to'."),
    OVERLAPPING_WINDOWS(
            422,
            "A record counts in several sliding windows, and global windows have no time bounds: rolled up, records would count more than once, or at an undefined time.",
            "Ask with 'spec' for tumbling, calendar or session windows, or for the windows themselves at /api/v1/windows."),
    TOO_MANY_BUCKETS(
            422,
            "The answer would have more intervals than one answer may, or more keys than Elasticsearch aggregates at once.",
            "Choose a longer 'interval', or narrow 'from' and 'to', or ask for single keys."),
    WRONG_HOST(
            421,
            "The Host header does not name this machine, as in a DNS rebinding attack.",
            "Ask for localhost or 127.0.0.1; or start the service with a results.security.profile, or with --insecure."),
    TOO_MANY_REQUESTS(
            429,
            "This principal or address exceeds its limit.",
            "Wait as long as Retry-After says; the RateLimit headers say how much is left."),
    TOO_MANY_TICKETS(
            429,
            "Too many tickets were used in the last half minute: no more used tickets can be remembered.",
            "Wait as long as Retry-After says, and ask for another ticket."),
    HEADERS_TOO_LARGE(431, "The request's headers take more than 20 KiB.", "Send fewer or shorter headers."),
    REFUSED(400, "The request cannot be served.", "See RFC 9110 for the meaning of the status."),
    INTERNAL(
            500,
            "The request failed because of an internal error.",
            "Try again later; see the service log for the cause."),
    STORE_UNAVAILABLE(
            503,
            "Elasticsearch does not answer, or not in time.",
            "Come back after Retry-After; live results go on at /api/v1/stream."),
    STORE_BEHIND(
            503,
            "Elasticsearch does not show yet all results that this process no longer has in memory.",
            "Come back after Retry-After; if it persists, check that index-results runs."),
    LOG_UNAVAILABLE(503, "Kafka does not answer, or not in time.", "Come back after Retry-After."),
    FEED_LOADING(503, "The log of results has not been read yet.", "Come back after Retry-After."),
    ISSUER_UNAVAILABLE(
            503,
            "The issuer of tokens does not answer, so that no token can be verified.",
            "Come back after Retry-After."),
    BOOKS_LOADING(503, "The audit topic has not been read yet.", "Come back after Retry-After."),
    TOO_MANY_EXPLANATIONS(
            503,
            "The limit of concurrent explanations is reached.",
            "Come back after Retry-After, or ask another instance."),
    TOO_MANY_QUERIES(
            503,
            "The limit of concurrent queries of this kind, or of reads of the log, is reached.",
            "Come back after Retry-After, or ask another instance."),
    TOO_MANY_STREAMS(
            503,
            "The limit of open streams is reached, or this process is about to end.",
            "Come back after Retry-After, or ask another instance."),
    NOT_YET(
            504,
            "This process has not reached the position that 'atLeast' asks for.",
            "Ask again; 'position' is what it has reached.");

    private final int status;
    private final String meaning;
    private final String remedy;

    ProblemType(int status, String meaning, String remedy) {
        this.status = status;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** The type with this code, if there is one. */
    public static Optional<ProblemType> of(String code) {
        return Arrays.stream(values()).filter(type -> type.code().equals(code)).findFirst();
    }

    /** The type for a status of which no more is known: {@link #INTERNAL} from 500 on, else the first of the status, else {@link #REFUSED}. */
    static ProblemType ofStatus(int status) {
        return status >= 500
                ? INTERNAL
                : Arrays.stream(values())
                        .filter(type -> type.status == status)
                        .findFirst()
                        .orElse(REFUSED);
    }

    /** The last part of the problem's {@code type}, such as {@code invalid-parameter}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public int status() {
        return status;
    }

    /** A short title, the same each time: one for all temporary problems (503), else the name in words. */
    public String title() {
        if (status == 503) {
            return "Temporarily unavailable";
        }
        return switch (this) {
            case REFUSED -> "Request refused";
            case INTERNAL -> "Internal error";
            default -> inWords();
        };
    }

    private String inWords() {
        String words = code().replace('-', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    public String meaning() {
        return meaning;
    }

    public String remedy() {
        return remedy;
    }
}
