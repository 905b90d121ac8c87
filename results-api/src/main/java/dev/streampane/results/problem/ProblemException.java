// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Duration;
import java.util.List;

/** Ends a request with a {@link Problem}. */
public class ProblemException extends RuntimeException {

    private final transient Problem problem;

    /** An exception without stack trace, because its cause is the request, not the code. */
    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** 400: the caller has to change that parameter. */
    public static ProblemException invalid(String parameter, String detail) {
        return new ProblemException(Problem.invalidParameters(List.of(new Problem.Violation(parameter, detail))));
    }

    /** 503: a temporary problem; the caller should retry after {@code retryAfter}. */
    public static ProblemException unavailable(ProblemType type, Duration retryAfter) {
        return new ProblemException(Problem.unavailable(type, type.meaning(), retryAfter));
    }

    /** 503: the log of results has not been read completely since the start, which takes seconds. */
    public static ProblemException feedLoading() {
        return unavailable(ProblemType.FEED_LOADING, Duration.ofSeconds(2));
    }

    public Problem problem() {
        return problem;
    }
}
