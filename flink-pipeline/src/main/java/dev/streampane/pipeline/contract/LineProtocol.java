// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Points in the line protocol of InfluxDB, one per line, in the order in which they were written: of two points with the same name and time, the
 * later one counts. Contract {@code line-protocol/v1}; no Kafka key.
 *
 * <p>{@code tags,name=pu136mod-nd-011 value=19.380000 1795154460000000000} is a number, {@code tags,name=pu136mod-ns-021 text="on"
 * 1795154460000000000} a text.
 */
public final class LineProtocol {

    /** The largest time that a line can have: 2262-04-11T23:47:16.854Z, the limit of ns since the epoch in 64 bits. */
    public static final Instant LAST_TIME = Instant.ofEpochMilli(Long.MAX_VALUE / 1_000_000);

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Pattern SPECIAL_IN_TAG = Pattern.compile("[,= ]");

    private LineProtocol() {}

    /** One message of several lines; each of them ends with a line feed. */
    public static Output output(String lines) {
        return new Output(Output.Channel.TELEGRAF, null, lines.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The line of a number.
     *
     * @param time whole ms, at most {@link #LAST_TIME}
     */
    public static String number(String name, BigDecimal value, Instant time) {
        return line(name, "value=" + value.toPlainString(), time);
    }

    /**
     * The line of a text.
     *
     * @param time whole ms, at most {@link #LAST_TIME}
     */
    public static String text(String name, String text, Instant time) {
        return line(name, "text=\"" + fieldText(text) + '"', time);
    }

    private static String line(String name, String field, Instant time) {
        long nanos = Math.multiplyExact(time.toEpochMilli(), NANOS_PER_MILLI);
        return "tags,name=" + tagValue(name) + ' ' + field + ' ' + nanos + '\n';
    }

    /**
     * A name as it is written in a line. Commas, equals signs and spaces have a backslash before them. A line break, form feed or tab is white
     * space in the line protocol, and Telegraf rejects the whole message for it: it is written as the two characters {@code \n}, {@code \r},
     * {@code \f} or {@code \t}, which readers do not change back. A vertical tab is written as {@code \v}, because Telegraf takes it for white
     * space as well. A backslash at the end of the name would escape the space after it, and is written as {@code %5C}.
     */
    private static String tagValue(String name) {
        String shown = SPECIAL_IN_TAG
                .matcher(withoutLineBreaks(name).replace("\t", "\\t").replace("\u000b", "\\v"))
                .replaceAll("\\\\$0");
        return shown.endsWith("\\") ? shown.substring(0, shown.length() - 1) + "%5C" : shown;
    }

    /** A text inside quotes: quotes and backslashes have a backslash before them, line breaks and form feeds are written as in names. */
    private static String fieldText(String text) {
        return withoutLineBreaks(text).replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String withoutLineBreaks(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\f", "\\f");
    }
}
