// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.contract.WindowSpecParser;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.TypeConversionException;

/** Durations as the command line writes them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d} or ISO-8601. */
final class Durations {

    private Durations() {}

    static Duration parse(String text) {
        try {
            Duration duration = read(text);
            duration.toNanos(); // what does not fit is no time to wait for
            return duration;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is no duration such as 10s or 2m");
        }
    }

    private static Duration read(String text) {
        return WindowSpecParser.duration(text).orElseGet(() -> Duration.parse(text));
    }

    /** The duration in its largest whole unit, as window specifications write it: {@code 90s}, {@code 1m}. */
    static String canonical(Duration duration) {
        long millis = duration.toMillis();
        return millis == 0 ? "0s" : WindowSpecParser.format(duration);
    }
}
