// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.tail.TailEntry;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The formats in which windows are written as lines. */
enum LineFormat {
    /** Each row as in a page, and a last line that says how the answer ends. */
    NDJSON("application/x-ndjson", "application/x-ndjson"),
    /**
     * RFC 4180: a header line with the column names, then the rows. A list, or an object whose names are not fixed, is one cell of JSON. The
     * format cannot say that rows are missing, so an answer that is not complete is cut off.
     */
    CSV("text/csv", "text/csv; charset=utf-8; header=present");

    private static final Pattern SPECIAL = Pattern.compile("[\",\r\n]");

    private final String mediaType;
    private final String contentType;

    LineFormat(String mediaType, String contentType) {
        this.mediaType = mediaType;
        this.contentType = contentType;
    }

    /** The line format with this media type, if there is one. */
    static Optional<LineFormat> of(String mediaType) {
        return Arrays.stream(values())
                .filter(format -> format.mediaType.equalsIgnoreCase(mediaType))
                .findFirst();
    }

    /** What comes before the rows. */
    String head(Fields fields) {
        return this == CSV ? record(fields.columns()) : "";
    }

    /** A row. */
    String line(Fields fields, TailEntry row) {
        return this == CSV
                ? record(fields.cells(row).stream().map(LineFormat::text).toList())
                : fields.of(row) + "\n";
    }

    /** The last line, which says how the answer ends: complete, before its last row, or with a problem. Empty if the format has no such line. */
    Optional<String> end(JsonNode end) {
        return this == CSV ? Optional.empty() : Optional.of(end + "\n");
    }

    String mediaType() {
        return mediaType;
    }

    String contentType() {
        return contentType;
    }

    /** Many CSV readers skip an empty line, so a single empty cell is written in quotes. */
    private static String record(List<String> cells) {
        String record = cells.stream().map(LineFormat::quoted).collect(Collectors.joining(","));
        return (record.isEmpty() ? "\"\"" : record) + "\r\n";
    }

    private static String quoted(String cell) {
        return SPECIAL.matcher(cell).find() ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isTextual() ? value.textValue() : value.toString();
    }
}
