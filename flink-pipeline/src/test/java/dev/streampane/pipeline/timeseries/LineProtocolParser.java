// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict parser of Influx line protocol as the reference has it, written apart from what writes it. Allows nothing that the reference
 * leaves to the reader: no comments, no blank lines, no line breaks in texts, no time left out.
 */
final class LineProtocolParser {

    private static final Pattern FLOAT = Pattern.compile("-?[0-9]+([.][0-9]+)?");
    private static final Pattern INTEGER = Pattern.compile("(-?[0-9]+)i");
    private static final Pattern TIME = Pattern.compile("-?[0-9]{1,19}");

    private final String line;
    private int at;

    private LineProtocolParser(String line) {
        this.line = line;
    }

    /** One line: fields are {@link BigDecimal}, {@link Long} or {@link String}. */
    record Point(String measurement, Map<String, String> tags, Map<String, Object> fields, long time) {}

    /** The part of a line that is wrong, and how. */
    static final class Malformed extends IllegalArgumentException {

        private final String part;

        Malformed(String part, String message) {
            super(part + ": " + message);
            this.part = part;
        }

        String part() {
            return part;
        }
    }

    /** The points of a message. */
    static List<Point> parse(byte[] message) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("line", "not UTF-8");
        }
        if (!text.endsWith("\n")) {
            throw new Malformed("line", "no line feed at the end");
        }
        List<Point> points = new ArrayList<>();
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            points.add(new LineProtocolParser(line).point());
        }
        return points;
    }

    private Point point() {
        if (line.isEmpty() || line.startsWith("#") || line.indexOf('\r') >= 0 || line.indexOf('\f') >= 0) {
            throw new Malformed("line", "blank, a comment, or with a carriage return or form feed");
        }
        String measurement = token("measurement", ", ");
        if (!measurement.equals("tags")) {
            throw new Malformed("measurement", measurement);
        }
        Map<String, String> tags = tags();
        expect(' ', "tags");
        Map<String, Object> fields = fields();
        expect(' ', "time");
        String time = line.substring(at);
        if (!TIME.matcher(time).matches()) {
            throw new Malformed("time", time);
        }
        try {
            return new Point(measurement, tags, fields, Long.parseLong(time));
        } catch (NumberFormatException e) {
            throw new Malformed("time", time);
        }
    }

    private Map<String, String> tags() {
        var tags = new LinkedHashMap<String, String>();
        while (at < line.length() && line.charAt(at) == ',') {
            at++;
            String key = token("tags", ",= ");
            expect('=', "tags");
            String value = token("tags", ",= ");
            if (key.isEmpty() || value.isEmpty() || tags.put(key, value) != null) {
                throw new Malformed("tags", "empty or twice: " + key);
            }
        }
        return tags;
    }

    private Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        do {
            if (!fields.isEmpty()) {
                at++;
            }
            String key = token("fields", ",= ");
            expect('=', "fields");
            if (key.isEmpty() || fields.put(key, value()) != null) {
                throw new Malformed("fields", "empty or twice: " + key);
            }
        } while (at < line.length() && line.charAt(at) == ',');
        return fields;
    }

    private Object value() {
        if (at < line.length() && line.charAt(at) == '"') {
            at++;
            return text();
        }
        int start = at;
        while (at < line.length() && ", ".indexOf(line.charAt(at)) < 0) {
            at++;
        }
        String number = line.substring(start, at);
        Matcher integer = INTEGER.matcher(number);
        if (integer.matches()) {
            return Long.valueOf(integer.group(1));
        }
        if (!FLOAT.matcher(number).matches()) {
            throw new Malformed("fields", "no number: " + number);
        }
        return new BigDecimal(number);
    }

    private String text() {
        var text = new StringBuilder();
        while (at < line.length() && line.charAt(at) != '"') {
            if (isEscaped("\"\\")) {
                at++;
            }
            text.append(line.charAt(at++));
        }
        expect('"', "fields");
        return text.toString();
    }

    /** Up to one of {@code ends} that stands without a backslash; the backslashes are gone. */
    private String token(String part, String ends) {
        var token = new StringBuilder();
        while (at < line.length() && ends.indexOf(line.charAt(at)) < 0) {
            if (line.charAt(at) == '\t' || line.charAt(at) == '\u000b') {
                throw new Malformed(part, "a tab or vertical tab, which is white space to Telegraf");
            }
            if (isEscaped(ends)) {
                at++;
            }
            token.append(line.charAt(at++));
        }
        if (at == line.length()) {
            throw new Malformed(part.equals("tags") ? "fields" : part, "the line ends in it");
        }
        return token.toString();
    }

    private boolean isEscaped(String special) {
        return line.charAt(at) == '\\' && at + 1 < line.length() && special.indexOf(line.charAt(at + 1)) >= 0;
    }

    private void expect(char wanted, String part) {
        if (at >= line.length() || line.charAt(at) != wanted) {
            throw new Malformed(part, "no '" + wanted + "' at " + at + " of " + line);
        }
        at++;
    }
}
