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
            "The request carries no credential that holds: none, an unknown one, one that has ended, or more than one.",
            "Send one API key or token as 'Authorization: Bearer …', or a ticket that was not used yet on the stream."),
    FORBIDDEN(
            403,
            "The credential holds, but its scopes do not reach so far.",
            "Ask for a credential with the scope that 'detail' names."),
    UNKNOWN_PATH(404, "There is nothing at this path.", "See /q/openapi for what there is."),
    UNKNOWN_JOB(404, "Nothing here knows a job of that name.", "See /api/v1/jobs for the jobs that there are."),
    UNKNOWN_INPUT(
            404,
            "The audit of no job names an input topic of that name.",
            "See the items of /api/v1/audit for the topics that jobs have read."),
    UNKNOWN_ID(
            404,
            "There is nothing of that id, or nothing that the credential may read.",
            "Take ids from the answers of the queries and from the stream; in a path their % is written %25."),
    METHOD_NOT_ALLOWED(
            405, "This path does not take this method.", "Use one of the methods that the Allow header lists."),
    NOT_ACCEPTABLE(
            406,
            "No media type that the request accepts is to be had here.",
            "Send an Accept header that takes one of the types in /q/openapi, or none."),
    BODY_TOO_LARGE(
            413,
            "The request's body is larger than what is read.",
            "Send no body; nothing here needs one of more than 64 KiB."),
    REQUEST_LINE_TOO_LONG(
            414,
            "Method, path and query take more than 4,096 bytes without 'after', 'ticket', 'lastEventId', 'atLeast' and 'asOf'.",
            "Ask for less at once: fewer keys, shorter values."),
    UNSUPPORTED_MEDIA_TYPE(415, "The request's body is of a type that is not read here.", "Send no body, or JSON."),
    NOT_RECOMPUTABLE(
            422,
            "What the job computes is not known here, so that its results cannot be recomputed.",
            "Ask for results of weather-average, transaction-total or time-series-speed; 'streampane replay' recomputes those of every job of windows."),
    TOO_MUCH_TO_EXPLAIN(
            422,
            "Recomputing the result would read more records, or take longer, than one request may.",
            "Run the command in 'command', which recomputes all windows of that time and compares them."),
    UNKNOWN_TIME(
            422,
            "A revision that bears on the answer was indexed before its time was kept, so that nobody knows whether it was known then.",
            "Ask by a position instead of an instant, or write the index again from the log."),
    HISTORY_GONE(
            422,
            "Of a window only later revisions are kept, and not its first one, so that nobody knows which revision was known then.",
            "Ask for a later moment, or write the index again from the log."),
    TOO_MANY_WINDOWS(
            422,
            "A question about the past is answered at once, without pages, and results of texts and numbers are added up one by one: so many windows are too many.",
            "Narrow 'key', 'from' and 'to'."),
    OVERLAPPING_WINDOWS(
            422,
            "A record counts in several sliding windows, and global panes have no borders in time: rolled up, records would count more than once, or at no certain time.",
            "Ask with 'spec' for tumbling, calendar or session windows, or for the windows themselves at /api/v1/windows."),
    TOO_MANY_BUCKETS(
            422,
            "The answer would have more intervals than one answer may, or more keys than Elasticsearch adds up at once.",
            "Choose a longer 'interval', or narrow 'from' and 'to'; of keys ask for single ones."),
    WRONG_HOST(
            421,
            "The Host header names another machine than this one, as a page on a foreign site would that was made to point here.",
            "Ask for localhost or 127.0.0.1; or start the service with a results.security.profile, or with --insecure."),
    TOO_MANY_REQUESTS(
            429,
            "This principal, or this address, asks more often than it may.",
            "Wait as long as Retry-After says; the RateLimit headers say how much is left."),
    TOO_MANY_TICKETS(
            429,
            "So many tickets were used in the last half minute that no more can be remembered, and taken once.",
            "Wait as long as Retry-After says, and ask for another ticket."),
    HEADERS_TOO_LARGE(431, "The request's headers take more than 20 KiB.", "Send fewer or shorter headers."),
    REFUSED(400, "The request cannot be served.", "Look at the status, whose meaning RFC 9110 says."),
    INTERNAL(
            500,
            "The request failed for a reason that is not the caller's.",
            "Try again later; the log of the service says why."),
    STORE_UNAVAILABLE(
            503,
            "Elasticsearch does not answer, or not in time.",
            "Come back after Retry-After; live results go on at /api/v1/stream."),
    STORE_BEHIND(
            503,
            "Elasticsearch does not show yet all results that this process no longer has in memory.",
            "Come back after Retry-After; when it lasts, look whether index-results runs."),
    LOG_UNAVAILABLE(503, "Kafka does not answer, or not in time.", "Come back after Retry-After."),
    FEED_LOADING(503, "The log of results has not been read yet.", "Come back after Retry-After."),
    ISSUER_UNAVAILABLE(
            503,
            "The issuer of tokens does not answer, so that no token can be verified.",
            "Come back after Retry-After."),
    BOOKS_LOADING(503, "The audit topic has not been read yet.", "Come back after Retry-After."),
    TOO_MANY_EXPLANATIONS(
            503,
            "As many results are being recomputed as this process does at once.",
            "Come back after Retry-After, or ask another instance."),
    TOO_MANY_QUERIES(
            503,
            "As many queries of this kind, or reads of the log, are under way as this process takes at once.",
            "Come back after Retry-After, or ask another instance."),
    TOO_MANY_STREAMS(
            503,
            "As many streams are open as this process takes, or it is about to end.",
            "Come back after Retry-After, or ask another instance."),
    NOT_YET(
            504,
            "This process has not reached the position that 'atLeast' asks for.",
            "Ask again; 'position' says how far it is.");

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
