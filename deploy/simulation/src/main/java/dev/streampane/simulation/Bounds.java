// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bounds that a text names which says what is allowed, such as {@code a duration from 1ms to 30d}: people read what is held to. */
final class Bounds {

    static final Pattern TEXT = Pattern.compile("a (?:list of )?(?<whole>whole )?(?<kind>number|duration|size|port)s?"
            + " from (?<least>the minimum|[^ ,]+)(?: \\(.*\\))?(?: to (?<most>the maximum|[^ ,]+))?"
            + "(?:, with at most (?<decimals>two|three) decimals)?(?<notZero>, not 0)?");

    /** What a minimum or a maximum that is a setting of its own may be. */
    private static final BigDecimal LARGEST = BigDecimal.valueOf(1_000_000);

    private Bounds() {}

    /** Whether a value, or each one of a list, lies within the bounds; all do where the text names none. */
    static boolean hold(String allowed, Object value) {
        Matcher text = TEXT.matcher(allowed);
        if (!text.matches()) {
            return true;
        }
        if (value instanceof Optional<?> optional) {
            return optional.stream().allMatch(one -> hold(allowed, one));
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(one -> hold(allowed, one));
        }
        try {
            return hold(text, amount(value));
        } catch (NumberFormatException notFinite) {
            return false;
        }
    }

    private static boolean hold(Matcher text, BigDecimal amount) {
        return amount.compareTo(bound(text, "least")) >= 0
                && (text.group("most") == null || amount.compareTo(bound(text, "most")) <= 0)
                && amount.stripTrailingZeros().scale() <= decimals(text)
                && (text.group("notZero") == null || amount.signum() != 0);
    }

    private static int decimals(Matcher text) {
        if (text.group("whole") != null) {
            return 0;
        }
        return text.group("decimals") == null
                ? Integer.MAX_VALUE
                : text.group("decimals").equals("two") ? 2 : 3;
    }

    private static BigDecimal bound(Matcher text, String which) {
        String bound = text.group(which);
        return switch (bound) {
            case "the minimum" -> LARGEST.negate();
            case "the maximum" -> LARGEST;
            default ->
                switch (text.group("kind")) {
                    case "duration" -> amount(DurationConverter.parseDuration(bound));
                    case "size" -> amount(new MemorySizeConverter().convert(bound));
                    default -> new BigDecimal(bound);
                };
        };
    }

    /** Seconds, bytes, or the number. */
    private static BigDecimal amount(Object value) {
        if (value instanceof Duration duration) {
            return BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        }
        return new BigDecimal(
                value instanceof MemorySize size ? size.asBigInteger().toString() : value.toString());
    }
}
