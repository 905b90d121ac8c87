// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.time.Duration;

/** Limits how many records one explanation may read, and for how long. */
final class Budget {

    /** Time after which a refused caller may ask again. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final long maxRecords;
    private final Duration timeout;
    private final long started = System.nanoTime();
    private long queued;

    Budget(long maxRecords, Duration timeout) {
        this.maxRecords = maxRecords;
        this.timeout = timeout;
    }

    /** Throws a {@link BudgetExceededException} if {@code offsets} are more than may be read. */
    void plan(long offsets) {
        if (offsets > maxRecords) {
            throw new BudgetExceededException(
                    "its inputs take %,d offsets; allowed are %,d".formatted(offsets, maxRecords));
        }
    }

    /** Adds time that was spent in waiting for a reader, in ns. */
    void queued(long nanos) {
        queued += nanos;
    }

    /**
     * Refuses to go on when the time is up.
     *
     * @throws BudgetExceededException when the time was spent mainly in reading
     * @throws ProblemException 503 when more than half of the time was spent in waiting for a reader
     */
    void check() {
        if (left().isNegative() && queued > timeout.toNanos() / 2) {
            throw ProblemException.unavailable(
                    ProblemType.TOO_MANY_QUERIES,
                    "All readers of the log are busy; this result was not recomputed in %d ms"
                            .formatted(timeout.toMillis()),
                    RETRY_AFTER);
        }
        if (left().isNegative()) {
            throw new BudgetExceededException("it took more than %d ms".formatted(timeout.toMillis()));
        }
    }

    /** The time that is left. */
    Duration left() {
        return timeout.minusNanos(System.nanoTime() - started);
    }

    double seconds() {
        return (System.nanoTime() - started) / 1_000_000 / 1e3;
    }

    long maxRecords() {
        return maxRecords;
    }
}
