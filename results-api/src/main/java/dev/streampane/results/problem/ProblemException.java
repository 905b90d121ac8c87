// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Ends a request with a {@link Problem}. */
public class ProblemException extends RuntimeException {

    private final transient Problem problem;

    /** An exception without stack trace, because its cause is the request, not the code. */
    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** The same for a problem of which there is no more to say. */
    public ProblemException(ProblemType type, String detail) {
        this(Problem.of(type, detail));
    }

    private ProblemException(ProblemType type, String detail, List<Problem.Violation> violations) {
        this(new Problem(type, type.status(), detail, List.copyOf(violations), Map.of(), Map.of()));
    }

    /** 400: the caller has to change that parameter. */
    public static ProblemException invalid(String parameter, String detail) {
        return invalidParameters(List.of(new Problem.Violation(parameter, detail)));
    }

    /** 400: the caller has to change the named parameters. */
    public static ProblemException invalidParameters(List<Problem.Violation> violations) {
        return new ProblemException(
                ProblemType.INVALID_PARAMETER,
                violations.stream().map(v -> v.parameter() + ": " + v.detail()).collect(Collectors.joining("; ")),
                violations);
    }

    /** Nothing has the name in {@code parameter}. */
    public static ProblemException unknown(ProblemType type, String parameter, String detail) {
        return new ProblemException(type, detail, List.of(new Problem.Violation(parameter, detail)));
    }

    /** 404: nothing has this id. If it has characters that no id has, the detail says how ids are encoded. */
    public static ProblemException unknownId(String what, String id) {
        String there = "there is no " + what + " '" + Parameters.shown(id) + "'";
        return unknown(
                ProblemType.UNKNOWN_ID,
                "id",
                id.matches("[\\w.~%-]*")
                        ? there
                        : there + "; an id has only A-Z a-z 0-9 . _ ~ % -, and in a path its % is %25");
    }

    /** A temporary problem: the caller should retry after {@code retryAfter}, at least 1 s. */
    public static ProblemException unavailable(ProblemType type, String detail, Duration retryAfter) {
        return new ProblemException(Problem.of(type, detail)
                .withHeaders(Map.of("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())))));
    }

    /** The same, with what the type means. */
    public static ProblemException unavailable(ProblemType type, Duration retryAfter) {
        return unavailable(type, type.meaning(), retryAfter);
    }

    /** 503: the log of results has not been read completely since the start, which takes seconds. */
    public static ProblemException feedLoading() {
        return unavailable(ProblemType.FEED_LOADING, Duration.ofSeconds(2));
    }

    public Problem problem() {
        return problem;
    }
}
