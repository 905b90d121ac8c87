// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.TypeConversionException;

/** Reads times as the command line has them: {@code 2026-11-20T06:00:00Z}. */
final class InstantOption {

    private InstantOption() {}

    static Instant parse(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "' is no time in UTC such as 2026-11-20T06:00:00Z");
        }
    }
}
