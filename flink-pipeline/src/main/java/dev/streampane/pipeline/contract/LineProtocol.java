// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * Points as InfluxDB reads them, a line each, in the order in which they were said: of two of one name and time the later holds. Contract
 * {@code line-protocol/v1}; no Kafka key.
 *
 * <p>{@code tags,name=pu136mod-nd-011 value=19.380000 1795154460000000000} is a number, {@code tags,name=pu136mod-ns-021 text="on"
 * 1795154460000000000} a text.
 */
public final class LineProtocol {

    /** The last time that a line can have: 2262-04-11T23:47:16.854Z, as far as ns since the epoch go in 64 bits. */
    public static final Instant LAST_TIME = Instant.ofEpochMilli(Long.MAX_VALUE / 1_000_000);

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Pattern SPECIAL_IN_TAG = Pattern.compile("[,= ]");

    private LineProtocol() {}

    /** One message of lines, each with a line feed at its end. */
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
     * A name as it stands in a line: commas, equals signs and spaces behind a backslash. A line break, form feed or tab, which is white space
     * there and to Telegraf an error that takes the whole message, is written as {@code \n}, {@code \r}, {@code \f} or {@code \t}, two
     * characters that stay two; so is a vertical tab, as {@code \v}, which Telegraf takes for white space as well. A backslash at the
     * end, which would hide the space after it, is written as {@code %5C}.
     */
    private static String tagValue(String name) {
        String shown = SPECIAL_IN_TAG
                .matcher(withoutLineBreaks(name).replace("\t", "\\t").replace("\u000b", "\\v"))
                .replaceAll("\\\\$0");
        return shown.endsWith("\\") ? shown.substring(0, shown.length() - 1) + "%5C" : shown;
    }

    /** A text between quotes: quotes and backslashes behind a backslash, line breaks and form feeds as in names. */
    private static String fieldText(String text) {
        return withoutLineBreaks(text).replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String withoutLineBreaks(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\f", "\\f");
    }
}
