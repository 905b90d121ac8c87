// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as written in window specifications, options and settings: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d}. */
public final class Durations {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms");
    private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};

    private Durations() {}

    /** Parses {@code text}; empty if it is not such a duration. */
    public static Optional<Duration> find(String text) {
        Matcher duration = DURATION.matcher(text);
        return duration.matches()
                ? Optional.of(Duration.ofMillis(UNIT_MILLIS[UNITS.indexOf(duration.group(2))])
                        .multipliedBy(Long.parseLong(duration.group(1))))
                : Optional.empty();
    }

    /**
     * Parses {@code text}, which may also be an ISO-8601 duration.
     *
     * @throws java.time.format.DateTimeParseException if it is neither
     */
    public static Duration parse(String text) {
        return find(text).orElseGet(() -> Duration.parse(text));
    }

    /** The duration in the largest unit that gives a whole number: 60 s is {@code 1m}, 90 s is {@code 90s}, zero is {@code 0s}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        int unit = millis == 0 ? UNITS.indexOf("s") : 0;
        while (millis % UNIT_MILLIS[unit] != 0) {
            unit++;
        }
        return millis / UNIT_MILLIS[unit] + UNITS.get(unit);
    }
}
