// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks and converts the texts of settings. */
final class SettingText {

    static final int MAX_PORT = 65_535;

    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
    private static final Pattern SERVER = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]):(\\d{1,5})");

    private SettingText() {}

    static boolean isTopic(String text) {
        return TOPIC.matcher(text).matches() && !text.matches("\\.{1,2}");
    }

    static boolean isZone(String text) {
        try {
            ZoneId.of(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Whether a text is one or more {@code host:port}, separated by commas. */
    static boolean isServers(String text) {
        return Stream.of(text.split(",", -1)).allMatch(SettingText::isServer);
    }

    private static boolean isServer(String text) {
        Matcher server = SERVER.matcher(text.strip());
        return server.matches() && isPort(server.group(1), 1);
    }

    static boolean isPort(String text, int lowest) {
        try {
            int port = Integer.parseInt(text.strip());
            return port >= lowest && port <= MAX_PORT;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Whether a text is a size whose number of bytes fits into a {@code long}. */
    static boolean isSize(String text) {
        try {
            MemorySize size = new MemorySizeConverter().convert(text);
            return size != null && size.asBigInteger().bitLength() < Long.SIZE;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Converts a boolean; null if the text is blank.
     *
     * @throws IllegalArgumentException if the text is not a boolean; the library's converter would return false
     */
    static Boolean bool(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "" -> null;
            case "true", "1", "yes", "y", "on" -> true;
            case "false", "0", "no", "n", "off" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    /**
     * Converts a duration; null if the text is blank.
     *
     * @throws IllegalArgumentException if the text is not a duration, also where the library throws an ArithmeticException
     */
    static Duration duration(String text) {
        try {
            return new DurationConverter().convert(text);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
