// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * Parses the times that producers usually send, {@code 2026-11-20T06:00:00.123Z} and {@code 2026-11-20 06:00:00}, from their bytes. It keeps the
 * last minute, because the next time is mostly in the same one. Throws {@link FlatFields#UNUSUAL} for all other times. Used by one thread.
 */
final class FlatTimes {

    private static final int MINUTE_CHARS = 16;
    private static final int SECONDS_CHARS = 19;
    private static final int MAX_FRACTION = 9;

    private final byte[] minute = new byte[MINUTE_CHARS];
    private long minuteMillis;
    private ZoneId minuteZone;

    /**
     * The time in {@code value} from {@code start} to {@code end}, in ms since the epoch.
     *
     * @param zone for times without one
     */
    long read(byte[] value, int start, int end, ZoneId zone) throws Rejection {
        if (end - start < SECONDS_CHARS) {
            throw FlatFields.UNUSUAL;
        }
        long millis = minute(value, start, zone) + seconds(value, start + MINUTE_CHARS) * 1000L;
        int at = start + SECONDS_CHARS;
        if (value[start + 10] == ' ') {
            if (at != end) {
                throw FlatFields.UNUSUAL;
            }
            return millis;
        }
        if (value[at] == '.') {
            int fraction = at + 1;
            at = FlatFields.digitsFrom(value, fraction);
            if (at == fraction || at - fraction > MAX_FRACTION) {
                throw FlatFields.UNUSUAL;
            }
            for (int i = fraction, worth = 100; i < at && worth > 0; i++, worth /= 10) {
                millis += (value[i] - '0') * worth;
            }
        }
        if (value[at] != 'Z' || at + 1 != end) {
            throw FlatFields.UNUSUAL;
        }
        return millis;
    }

    /** {@code :ss} */
    private static int seconds(byte[] value, int at) throws Rejection {
        int tens = value[at + 1] - '0';
        int ones = value[at + 2] - '0';
        if (value[at] != ':' || tens < 0 || tens > 5 || ones < 0 || ones > 9) {
            throw FlatFields.UNUSUAL;
        }
        return tens * 10 + ones;
    }

    /** The start in ms of the minute that is written at {@code start}: {@code 2026-11-20T06:00}. */
    private long minute(byte[] value, int start, ZoneId zone) throws Rejection {
        if (zone != minuteZone || !Arrays.equals(value, start, start + MINUTE_CHARS, minute, 0, MINUTE_CHARS)) {
            String text = new String(value, start, MINUTE_CHARS, StandardCharsets.ISO_8859_1);
            String end = value[start + 10] == ' ' ? "" : "Z";
            long first;
            long last;
            try {
                first = EventTimes.parse("", text + ":00" + end, zone);
                last = EventTimes.parse("", text + ":59" + end, zone);
            } catch (Rejection notSoSimple) {
                throw FlatFields.UNUSUAL;
            }
            if (last - first != 59_000) { // the zone's clocks were changed within the minute
                throw FlatFields.UNUSUAL;
            }
            System.arraycopy(value, start, minute, 0, MINUTE_CHARS);
            minuteZone = zone;
            minuteMillis = first;
        }
        return minuteMillis;
    }
}
