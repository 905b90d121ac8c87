// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.contract.Durations;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.TypeConversionException;

/** Parses values of options. */
final class OptionValues {

    private OptionValues() {}

    /** {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d} or ISO-8601. */
    static Duration duration(String text) {
        return findDuration(text)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no duration such as 10s or 2m"));
    }

    /** As {@link #duration}, but empty when the text is no duration. */
    static Optional<Duration> findDuration(String text) {
        try {
            Duration duration = Durations.parse(text);
            duration.toNanos(); // throws when it does not fit a long
            return Optional.of(duration);
        } catch (DateTimeException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    /** {@code 2026-11-20T06:00:00Z}. */
    static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new TypeConversionException("'" + text + "' is no time in UTC such as 2026-11-20T06:00:00Z");
        }
    }

    /** {@code http://127.0.0.1:9200}. Without a path: the commands resolve absolute paths against it, and it would be lost. */
    static URI url(String text) {
        try {
            return Optional.of(URI.create(text))
                    .filter(url -> url.getHost() != null && url.getScheme() != null)
                    .filter(url -> url.getScheme().matches("https?")
                            && url.getRawPath().matches("/?"))
                    .filter(url -> url.getRawQuery() == null && url.getRawFragment() == null)
                    .orElseThrow(IllegalArgumentException::new);
        } catch (IllegalArgumentException none) {
            throw new TypeConversionException(
                    "'" + text + "' is not allowed; allowed is http://HOST:PORT or https://HOST:PORT, without a path");
        }
    }
}
