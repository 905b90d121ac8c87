// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static java.time.format.DateTimeFormatter.ISO_LOCAL_TIME;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.stack.Console;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The newest window of each series, as lines of a terminal. Of more than {@value #MAX_SERIES} series it keeps those that were updated last.
 * Control characters in keys and other texts, which come from whoever sends data, are replaced so that they cannot move the cursor. Not
 * thread-safe: its screen calls it under a lock.
 */
final class WindowTable {

    private static final List<String> HEADS = List.of("END UTC", "JOB", "KEY", "STATUS", "COUNT", "VALUES");
    private static final int WIDEST_JOB = 17;
    private static final int WIDEST_KEY = 20;
    private static final Map<String, Integer> COLOURS = Map.of("REVISED", 33, "RETRACTED", 31);
    private static final int BOLD = 1;
    static final int MAX_SERIES = 10_000;

    private record Series(String job, String spec, String key) {}

    /** A window as it is shown. */
    record Row(Instant end, String job, String key, String status, long count, String values) {

        static Row of(JsonNode window) {
            return new Row(
                    Instant.parse(window.at("/window/end").asText()),
                    shown(window.path("job").asText()),
                    shown(window.path("key").asText()),
                    shown(window.path("status").asText()),
                    window.path("count").asLong(),
                    window.path("values").properties().stream()
                            .map(value -> shown(value.getKey() + " " + text(value.getValue())))
                            .collect(Collectors.joining(", ")));
        }

        private static String text(JsonNode value) {
            return value.isNumber() ? value.decimalValue().toPlainString() : value.asText();
        }

        private static String shown(String text) {
            return text.replaceAll("\\p{C}", "?");
        }

        /** All fields in one line, not cut. */
        String line() {
            return String.join("  ", end.toString(), job, key, status, "count " + count, values);
        }

        private List<String> cells() {
            LocalTime time =
                    end.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC).toLocalTime();
            return List.of(
                    ISO_LOCAL_TIME.format(time),
                    cut(job, WIDEST_JOB),
                    cut(key, WIDEST_KEY),
                    status,
                    Long.toString(count),
                    values);
        }
    }

    private final Map<Series, Row> newest = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Series, Row> eldest) {
            return size() > MAX_SERIES;
        }
    };
    private final boolean colours;

    WindowTable(boolean colours) {
        this.colours = colours;
    }

    /** Takes a window, which may be a revision of an earlier one; it is ignored when its series has one with a later end. */
    void take(JsonNode window) {
        Row row = Row.of(window);
        newest.merge(
                new Series(row.job(), window.path("spec").asText(), row.key()),
                row,
                (old, other) -> other.end().compareTo(old.end()) >= 0 ? other : old);
    }

    /** Forgets all windows. */
    void clear() {
        newest.clear();
    }

    /** At most {@code rows} series, those with the newest windows first, below a heading. */
    List<String> lines(int columns, int rows) {
        List<Row> shown = newest.values().stream()
                .sorted(Comparator.comparing(Row::end)
                        .reversed()
                        .thenComparing(Row::job)
                        .thenComparing(Row::key))
                .limit(rows)
                .toList();
        String format = format(shown);
        List<String> lines = new ArrayList<>();
        lines.add(Console.coloured(colours, BOLD, line(format, HEADS, columns)));
        for (Row row : shown) {
            Integer colour = COLOURS.get(row.status());
            String line = line(format, row.cells(), columns);
            lines.add(colour == null ? line : Console.coloured(colours, colour, line));
        }
        if (newest.size() > rows) {
            lines.add(cut("and " + (newest.size() - rows) + " more: --key names some, --rows shows more", columns));
        }
        if (newest.isEmpty()) {
            lines.add("no window has ended yet");
        }
        return lines;
    }

    /** A format with columns as wide as their cells; the values come last. */
    private static String format(List<Row> rows) {
        List<List<String>> lines =
                Stream.concat(Stream.of(HEADS), rows.stream().map(Row::cells)).toList();
        StringBuilder format = new StringBuilder();
        for (int column = 0; column < HEADS.size() - 1; column++) {
            int cell = column;
            int width = lines.stream()
                    .mapToInt(line -> line.get(cell).length())
                    .max()
                    .orElseThrow();
            format.append(HEADS.get(column).equals("COUNT") ? "%" : "%-")
                    .append(width)
                    .append("s ");
        }
        return format + "%s";
    }

    /** A row, cut to the width of the terminal. */
    private static String line(String format, List<String> cells, int columns) {
        return cut(String.format(format, cells.toArray()), columns);
    }

    static String cut(String text, int columns) {
        return text.codePointCount(0, text.length()) <= columns
                ? text
                : text.substring(0, text.offsetByCodePoints(0, columns - 1)) + "…";
    }
}
