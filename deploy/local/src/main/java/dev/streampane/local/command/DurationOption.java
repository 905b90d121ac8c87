// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.contract.Durations;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.TypeConversionException;

/** Reads durations as the command line has them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d} or ISO-8601. */
final class DurationOption {

    private DurationOption() {}

    static Duration parse(String text) {
        try {
            Duration duration = Durations.parse(text);
            duration.toNanos(); // what does not fit is no time to wait for
            return duration;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is no duration such as 10s or 2m");
        }
    }
}
