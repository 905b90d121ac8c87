// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Window specifications as people write them, in the spelling of {@code job-runs}. What is none is passed on to the jobs, which say so. */
public final class Specifications {

    private static final Pattern MARK = Pattern.compile("\\s*([(),;:=])\\s*");
    private static final Pattern COUNT = Pattern.compile("(?<=\\(count=)0+(?=[0-9])");
    private static final Pattern DURATION = Pattern.compile("(?<=[(,=])0*([0-9]{1,11})(ms|s|m|h|d)(?=[,)])");
    private static final Pattern OFFSET =
            Pattern.compile("tumbling\\(([0-9]{1,11}[a-z]+),offset=([0-9]{1,11}[a-z]+)\\)");
    private static final Pattern ZONE = Pattern.compile("(?<=calendar\\([a-z]{1,9},)[^(),;=]+");
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
    private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};

    private Specifications() {}

    /**
     * Without spaces around marks, each time in its largest whole unit, offsets from 0 up to the size and none that is 0, so that equal
     * specifications are the same text.
     */
    public static String canonical(String text) {
        String marks = MARK.matcher(text.strip()).replaceAll("$1");
        String counts = COUNT.matcher(marks).replaceAll("");
        String times = DURATION.matcher(counts).replaceAll(Specifications::time);
        String offsets = OFFSET.matcher(times).replaceAll(Specifications::offset);
        return ZONE.matcher(offsets).replaceAll(Specifications::zone);
    }

    /** A time in its largest whole unit, as window specifications write it: {@code 90s}, {@code 1m}. */
    public static String time(long millis) {
        int unit = 0;
        while (millis % UNIT_MILLIS[unit] != 0) {
            unit++;
        }
        return millis / UNIT_MILLIS[unit] + UNITS[unit];
    }

    private static String time(MatchResult found) {
        long millis = millis(found.group(1), found.group(2));
        return millis == 0 ? found.group() : time(millis);
    }

    private static String offset(MatchResult tumbling) {
        long size = millis(tumbling.group(1));
        if (size == 0) {
            return tumbling.group();
        }
        long offset = millis(tumbling.group(2)) % size;
        return "tumbling(" + tumbling.group(1) + (offset == 0 ? "" : ",offset=" + time(offset)) + ')';
    }

    private static String zone(MatchResult zone) {
        try {
            return Matcher.quoteReplacement(ZoneId.of(zone.group()).getId());
        } catch (DateTimeException none) {
            return Matcher.quoteReplacement(zone.group());
        }
    }

    /**
     * A time such as {@code 10s} in milliseconds.
     *
     * @throws ArithmeticException when it is too long
     */
    public static long millis(String time) {
        String amount = time.replaceAll("[a-z]", "");
        return millis(amount, time.substring(amount.length()));
    }

    private static long millis(String amount, String unit) {
        int place = List.of(UNITS).indexOf(unit);
        return Math.multiplyExact(Long.parseLong(amount), UNIT_MILLIS[place]);
    }
}
