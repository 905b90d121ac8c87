// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the monthly indices of one kind are kept. An index is dropped as a whole, {@code keep} after the end of its month in UTC: with 30
 * days, {@code alerts-2026.01} is dropped on 3 March 2026 at 00:00, 30 days after the end of January.
 *
 * @param kind the prefix of the indices' names: {@code window-results}
 * @param perJob whether the job's name comes between the kind and the month
 */
public record IndexRetention(String kind, boolean perJob, Duration keep) implements Serializable {

    private static final String MONTH = "([0-9]{4})\\.(0[1-9]|1[0-2])";

    String wildcard() {
        return kind + "-*";
    }

    /** Whether {@code index} is a monthly index of the kind and its retention time has passed. */
    boolean isOver(String index, Instant now) {
        Matcher name = Pattern.compile(Pattern.quote(kind) + (perJob ? "-[a-z0-9-]+-" : "-") + MONTH)
                .matcher(index);
        if (!name.matches()) {
            return false;
        }
        Instant end = YearMonth.of(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)))
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
        return !now.isBefore(end.plus(keep));
    }
}
