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

/**
 * The newest window of each series, as lines of a terminal; of more than {@value #MAX_SERIES} series, those with the newest
 * updates. Keys and texts come from who sends data: nothing in
 * them moves the cursor. Used under its screen's lock.
 */
final class WindowTable {

    private static final String LINE = "%-8s %-17s %-20s %-9s %6s %s";
    private static final Map<String, Integer> COLOURS = Map.of("REVISED", 33, "RETRACTED", 31);
    private static final int BOLD = 1;
    static final int MAX_SERIES = 10_000;

    private record Series(String job, String spec, String key) {}

    /** One window as it is shown. */
    record Row(Instant end, String job, String key, String status, long count, String values) {

        static Row of(JsonNode window) {
            return new Row(
                    Instant.parse(window.at("/window/end").asText()),
                    shown(window.path("job").asText()),
                    shown(window.path("key").asText()),
                    shown(window.path("status").asText()),
                    window.path("count").asLong(),
                    window.path("values").properties().stream()
                            .map(value -> shown(
                                    value.getKey() + " " + value.getValue().asText()))
                            .collect(Collectors.joining(", ")));
        }

        private static String shown(String text) {
            return text.replaceAll("\\p{C}", "?");
        }

        /** All of it. */
        String line() {
            return String.join("  ", end.toString(), job, key, status, "count " + count, values);
        }

        /** What of it fits. */
        String line(int columns) {
            LocalTime time =
                    end.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC).toLocalTime();
            return cut(
                    String.format(LINE, ISO_LOCAL_TIME.format(time), cut(job, 17), cut(key, 20), status, count, values),
                    columns);
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

    /** Takes a window, which may be a revision of one that was taken. */
    void take(JsonNode window) {
        Row row = Row.of(window);
        newest.merge(
                new Series(row.job(), window.path("spec").asText(), row.key()),
                row,
                (old, other) -> other.end().compareTo(old.end()) >= 0 ? other : old);
    }

    /** Nothing that was taken holds any more. */
    void clear() {
        newest.clear();
    }

    /** At most {@code rows} series, those with the newest windows first, below a heading. */
    List<String> lines(int columns, int rows) {
        List<String> lines = new ArrayList<>();
        lines.add(Console.coloured(
                colours,
                BOLD,
                cut(String.format(LINE, "END UTC", "JOB", "KEY", "STATUS", "COUNT", "VALUES"), columns)));
        newest.values().stream()
                .sorted(Comparator.comparing(Row::end)
                        .reversed()
                        .thenComparing(Row::job)
                        .thenComparing(Row::key))
                .limit(rows)
                .forEach(row -> lines.add(coloured(row, columns)));
        if (newest.size() > rows) {
            lines.add(cut("and " + (newest.size() - rows) + " more: --key names some, --rows shows more", columns));
        }
        if (newest.isEmpty()) {
            lines.add("no window has ended yet");
        }
        return lines;
    }

    private String coloured(Row row, int columns) {
        Integer colour = COLOURS.get(row.status());
        return colour == null ? row.line(columns) : Console.coloured(colours, colour, row.line(columns));
    }

    static String cut(String text, int columns) {
        return text.codePointCount(0, text.length()) <= columns
                ? text
                : text.substring(0, text.offsetByCodePoints(0, columns - 1)) + "…";
    }
}
