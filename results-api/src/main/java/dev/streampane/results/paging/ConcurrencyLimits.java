// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Bulkhead;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * How many queries of the costly kinds run at once: pages of windows, of alerts and of revisions, and searches for one alert or for what an
 * explanation is of ({@code results.query.max-pages}), and what goes through many windows ({@code results.query.max-scans}), which are lists of
 * keys and roll-ups, and as many answers in lines, which take as long as their clients read.
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
