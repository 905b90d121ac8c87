// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Bound;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * How many queries of the costly kinds run at once: pages of windows ({@code results.query.max-pages}), and what goes through many of them
 * ({@code results.query.max-scans}), which are lists of keys and roll-ups, and as many answers in lines. See {@link Bound}.
 */
@ApplicationScoped
class Running {

    private final Bound pages;
    private final Bound scans;
    private final Bound lines;

    Running(ResultsConfig config) {
        this.pages = bound(config, config.query().maxPages(), "pages of windows");
        this.scans = bound(config, config.query().maxScans(), "lists of keys and roll-ups");
        this.lines = bound(config, config.query().maxScans(), "answers in lines");
    }

    private static Bound bound(ResultsConfig config, int most, String what) {
        return new Bound(
                most, ProblemType.TOO_MANY_QUERIES, what, config.query().retryAfter());
    }

    Bound pages() {
        return pages;
    }

    Bound scans() {
        return scans;
    }

    /** Of their own: they take as long as their clients read. */
    Bound lines() {
        return lines;
    }
}
