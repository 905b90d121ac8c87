// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.Durations;
import dev.streampane.contract.JobRun;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long index-results keeps its monthly indices, by its settings {@code results-retention} and the like.
 *
 * @param indexer the latest run of index-results; without one every index is kept
 */
record IndexRetention(Optional<JobRun> indexer) {

    private static final Pattern MONTHLY =
            Pattern.compile("(window-)?(?<kind>[^-]+)(-.*)?-(?<month>[0-9]{4}\\.(0[1-9]|1[0-2]))");

    /** Whether index-results may have deleted the index: its month ended at least the retention time of its kind ago. */
    boolean hasPassed(String index) {
        Matcher name = MONTHLY.matcher(index);
        if (!name.matches()) {
            return false;
        }
        Instant monthEnd = YearMonth.parse(name.group("month"), IndexedResult.MONTH)
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
        return indexer.flatMap(run -> run.latestUnlessOff(name.group("kind") + "-retention"))
                .filter(keep -> !monthEnd.plus(Durations.parse(keep)).isAfter(Instant.now()))
                .isPresent();
    }
}
