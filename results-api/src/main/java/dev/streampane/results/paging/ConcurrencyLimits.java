// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Bulkhead;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Limits how many costly queries run at once.
 *
 * @param pages pages of windows, alerts and revisions, and searches for one alert or for the window of an explanation
 *     ({@code results.query.max-pages})
 * @param scans lists of keys and roll-ups, which read many windows ({@code results.query.max-scans})
 * @param lines answers in lines, which last as long as their clients read ({@code results.query.max-scans}, counted apart)
 */
@Singleton
public record ConcurrencyLimits(Bulkhead pages, Bulkhead scans, Bulkhead lines) {

    @Inject
    ConcurrencyLimits(ResultsConfig config) {
        this(
                bound(config, config.query().maxPages(), "pages of windows, alerts or revisions"),
                bound(config, config.query().maxScans(), "lists of keys and roll-ups"),
                bound(config, config.query().maxScans(), "answers in lines"));
    }

    private static Bulkhead bound(ResultsConfig config, int most, String what) {
        return new Bulkhead(
                most, ProblemType.TOO_MANY_QUERIES, what, config.query().retryAfter());
    }
}
