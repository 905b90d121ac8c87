// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Bulkhead;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * How many queries of the costly kinds run at once: pages of windows and of alerts ({@code results.query.max-pages}), and what
 * goes through many windows ({@code results.query.max-scans}), which are lists of keys and roll-ups, and as many answers in lines. See {@link Bulkhead}.
 */
@ApplicationScoped
public class ConcurrencyLimits {

    private final Bulkhead pages;
    private final Bulkhead scans;
    private final Bulkhead lines;

    ConcurrencyLimits(ResultsConfig config) {
        this.pages = bound(config, config.query().maxPages(), "pages of windows or alerts");
        this.scans = bound(config, config.query().maxScans(), "lists of keys and roll-ups");
        this.lines = bound(config, config.query().maxScans(), "answers in lines");
    }

    private static Bulkhead bound(ResultsConfig config, int most, String what) {
        return new Bulkhead(
                most, ProblemType.TOO_MANY_QUERIES, what, config.query().retryAfter());
    }

    public Bulkhead pages() {
        return pages;
    }

    public Bulkhead scans() {
        return scans;
    }

    /** Of their own: they take as long as their clients read. */
    public Bulkhead lines() {
        return lines;
    }
}
