// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads window specifications: {@code tumbling(1m)}, {@code tumbling(1h,offset=15m)}, or a list of them with commas between.
 *
 * <p>Durations are a positive number and one of ms, s, m, h, d. Spaces are let pass, capitals are not.
 */
public final class WindowSpecParser {

    /** What is allowed, to be put behind "allowed is" in an error. */
    public static final String ALLOWED =
            "tumbling(SIZE) or tumbling(SIZE,offset=OFFSET) with sizes like 10s, 1m, 1h, 1d, from 1ms to 366d";

    private static final Duration MAX_SIZE = Duration.ofDays(366);
    private static final Pattern SPEC =
            Pattern.compile(
                    "\\s*tumbling\\s*\\(\\s*([^,()]+?)\\s*(?:,\\s*offset\\s*=\\s*([^,()]+?)\\s*)?\\)\\s*");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final String[] UNITS = {"d", "h", "m", "s"};
    private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1_000};

    private WindowSpecParser() {}

    /**
     * The specifications in {@code text}, in its order.
     *
     * @throws IllegalArgumentException with the part that is not allowed, and what is
     */
    public static List<WindowSpec> parseList(String text) {
        var specs = new ArrayList<WindowSpec>();
        for (String part : text.split(",(?![^(]*\\))", -1)) {
            WindowSpec spec = parse(part);
            if (specs.contains(spec)) {
                throw notAllowed(part.strip() + "' a second time in '" + text.strip());
            }
            specs.add(spec);
        }
        return specs;
    }

    /**
     * The specification in {@code text}.
     *
     * @throws IllegalArgumentException with the text and what is allowed
     */
    public static WindowSpec parse(String text) {
        Matcher spec = SPEC.matcher(text);
        if (!spec.matches()) {
            throw notAllowed(text);
        }
        Duration size = duration(spec.group(1), text);
        Duration offset = spec.group(2) == null ? Duration.ZERO : duration(spec.group(2), text);
        if (size.isZero() || size.compareTo(MAX_SIZE) > 0) {
            throw notAllowed(text);
        }
        return new WindowSpec.Tumbling(size, offset);
    }

    private static Duration duration(String text, String spec) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            throw notAllowed(spec);
        }
        long unit = 1;
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(duration.group(2))) {
                unit = UNIT_MILLIS[i];
            }
        }
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(duration.group(1)), unit));
        } catch (ArithmeticException e) {
            throw notAllowed(spec);
        }
    }

    private static IllegalArgumentException notAllowed(String text) {
        return new IllegalArgumentException("'" + text + "' is not allowed; allowed is " + ALLOWED);
    }

    /** A duration in its largest whole unit: 60 s is {@code 1m}, 90 s is {@code 90s}. */
    static String format(Duration duration) {
        long millis = duration.toMillis();
        for (int i = 0; i < UNITS.length; i++) {
            if (millis % UNIT_MILLIS[i] == 0) {
                return millis / UNIT_MILLIS[i] + UNITS[i];
            }
        }
        return millis + "ms";
    }
}
