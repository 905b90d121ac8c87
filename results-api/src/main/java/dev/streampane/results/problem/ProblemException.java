// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Duration;
import java.util.List;

/** Ends a request with a {@link Problem}. */
public class ProblemException extends RuntimeException {

    private final transient Problem problem;

    /** An exception without stack trace, for it says what the caller did, not where we were. */
    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** 400: the caller has to change that parameter. */
    public static ProblemException invalid(String parameter, String detail) {
        return new ProblemException(Problem.invalidParameters(List.of(new Problem.Violation(parameter, detail))));
    }

    /** 503: what the type means passes by itself; the caller comes back after {@code retryAfter}. */
    public static ProblemException unavailable(ProblemType type, Duration retryAfter) {
        return new ProblemException(Problem.unavailable(type, type.meaning(), retryAfter));
    }

    /** 503: the log of results has not been read once, which takes seconds. */
    public static ProblemException feedLoading() {
        return unavailable(ProblemType.FEED_LOADING, Duration.ofSeconds(2));
    }

    public Problem problem() {
        return problem;
    }
}
