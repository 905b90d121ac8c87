// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.StreamConfig;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How many streams may be open: in this process, from one address, and of one principal. Safe for use by several threads. */
@ApplicationScoped
public class StreamLimits {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final StreamConfig config;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private final Map<String, Integer> byPrincipal = new HashMap<>();
    private int open;
    private boolean closed;

    StreamLimits(ResultsConfig config) {
        this.config = config.stream();
    }

    /**
     * Takes a place for one more stream, to be given back by {@link #release}.
     *
     * @throws ProblemException 503 when this process takes no more, 429 when the address or the principal has as many as it may
     */
    synchronized void reserve(Access access) {
        if (closed || open >= config.maxClients()) {
            throw refused(ProblemType.TOO_MANY_STREAMS, "No more streams are taken at the moment.");
        }
        if (byAddress.getOrDefault(access.address(), 0) >= config.maxPerAddress()) {
            throw refused(
                    ProblemType.TOO_MANY_REQUESTS,
                    "As many streams are open from this address as there may be: " + config.maxPerAddress());
        }
        if (byPrincipal.getOrDefault(access.name(), 0) >= config.maxPerPrincipal()) {
            throw refused(
                    ProblemType.TOO_MANY_REQUESTS,
                    "As many streams are open of this principal as there may be: " + config.maxPerPrincipal());
        }
        open++;
        byAddress.merge(access.address(), 1, Integer::sum);
        byPrincipal.merge(access.name(), 1, Integer::sum);
    }

    /** How many streams this process takes. */
    int places() {
        return config.maxClients();
    }

    /** Gives a place back. */
    synchronized void release(Access access) {
        open--;
        byAddress.computeIfPresent(access.address(), (address, n) -> n == 1 ? null : n - 1);
        byPrincipal.computeIfPresent(access.name(), (name, n) -> n == 1 ? null : n - 1);
    }

    /** No more streams from now on. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean closed() {
        return closed;
    }

    private static ProblemException refused(ProblemType type, String detail) {
        return new ProblemException(Problem.unavailable(type, detail, RETRY_AFTER));
    }
}
