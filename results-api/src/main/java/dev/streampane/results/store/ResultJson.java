// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.streampane.contract.Json;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailEntry.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes the JSON of results and alerts for answers, from Elasticsearch or the log: the fields of the contract with every digit, without the
 * fields that only the index needs.
 */
public final class ResultJson {

    /** Keeps decimals as they are written. */
    public static final JsonMapper JSON = Json.EXACT;

    /** The fields of schema window-result/v1, in its order. */
    public static final List<String> FIELDS = List.of(
            "id",
            "job",
            "spec",
            "key",
            "window",
            "generation",
            "rev",
            "status",
            "cause",
            "complete",
            "mergedInto",
            "values",
            "sums",
            "count",
            "late",
            "minEventTime",
            "maxEventTime",
            "watermark",
            "inputs",
            "jobVersion");

    /** A decimal with more zeros after its point may be written with an exponent. */
    private static final byte[] ZEROS = "000000".getBytes(StandardCharsets.UTF_8);

    /** The fields of schema alert/v1, in its order. */
    private static final List<String> ALERT_FIELDS = List.of(
            "id",
            "job",
            "generation",
            "pattern",
            "client",
            "score",
            "reason",
            "start",
            "end",
            "transactions",
            "watermark",
            "jobVersion");

    private static final Map<Kind, List<byte[]>> NAMES =
            Map.of(Kind.WINDOW, utf8(FIELDS), Kind.ALERT, utf8(ALERT_FIELDS));

    /**
     * Date formats that the index mappings accept, in addition to the one that jobs write. Missing parts are the lowest value; a missing
     * zone is UTC.
     */
    private static final DateTimeFormatter MAPPED_DATE = new DateTimeFormatterBuilder()
            .appendPattern("uuuu[-MM[-dd[['T'][' ']HH[:mm[:ss]]]]]")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .appendPattern("[XXX][X]")
            .parseDefaulting(ChronoField.MONTH_OF_YEAR, 1)
            .parseDefaulting(ChronoField.DAY_OF_MONTH, 1)
            .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
            .parseDefaulting(ChronoField.OFFSET_SECONDS, 0)
            .toFormatter(Locale.ROOT);

    /** Milliseconds since the epoch; four digits are a year instead. */
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,3}|[0-9]{5,18}|-[0-9]{1,18}");

    private ResultJson() {}

    /**
     * A time of a hit's source, truncated to milliseconds as in searches. Accepts every format of the mappings, for documents that a job
     * did not write. The epoch if the time is missing, as in {@link Clauses#byTime}.
     */
    public static Instant time(JsonNode time) {
        if (time.isMissingNode() || time.isNull()) {
            return Instant.EPOCH;
        }
        String text = time.asText();
        try {
            return Instant.parse(text).truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeParseException e) {
            return MILLIS.matcher(text).matches()
                    ? Instant.ofEpochMilli(Long.parseLong(text))
                    : MAPPED_DATE.parse(text, Instant::from).truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /** Parses bytes that are known to be JSON. */
    public static JsonNode read(byte[] json) {
        return Json.read(json);
    }

    /** Parses text that is known to be JSON. */
    public static JsonNode read(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The result in a hit's source. */
    public static ObjectNode of(JsonNode source) {
        return of(Kind.WINDOW, source);
    }

    /** The result or alert of an entry, as a new tree at each call. A tree takes five times as much memory as the entry's bytes. */
    public static ObjectNode of(TailEntry entry) {
        return of(entry.kind(), read(entry.json()));
    }

    /**
     * The result or alert of an entry as text. If the bytes are canonical already, which those of {@link StoredEntry} always are and those
     * of jobs usually are, no tree is built.
     */
    public static String text(TailEntry entry) {
        boolean isStored = entry.topic().isEmpty();
        return isStored || isCanonical(entry.json(), NAMES.get(entry.kind()))
                ? new String(entry.json(), StandardCharsets.UTF_8)
                : of(entry).toString();
    }

    /** The result or alert of an entry as a node that can only be written, from its text. */
    public static JsonNode raw(TailEntry entry) {
        return raw(text(entry));
    }

    /** JSON text as a node that can only be written. */
    public static JsonNode raw(String json) {
        return JSON.getNodeFactory().rawValueNode(new RawValue(json));
    }

    /**
     * Whether a tree of the bytes would be written as the same bytes: only the contract's fields, in their order, without white space and
     * escapes, and with numbers in full.
     */
    private static boolean isCanonical(byte[] json, List<byte[]> names) {
        int depth = 0;
        int field = -1;
        for (int i = 0; i < json.length; i++) {
            switch (json[i]) {
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                case '"' -> {
                    int end = i + 1;
                    while (json[end] != '"') {
                        if (json[end++] == '\\') {
                            return false;
                        }
                    }
                    if (depth == 1 && json[end + 1] == ':') {
                        do {
                            field++;
                        } while (field < names.size()
                                && !Arrays.equals(names.get(field), 0, names.get(field).length, json, i + 1, end));
                        if (field == names.size()) {
                            return false;
                        }
                    }
                    i = end;
                }
                case 'e', 'E' -> {
                    if (json[i - 1] <= '9') {
                        return false;
                    }
                }
                case '0' -> {
                    if (json[i - 1] == '-' && isZero(json, i)) {
                        return false;
                    }
                }
                case '.' -> {
                    if (i + 7 < json.length && json[i + 7] >= '0' && Arrays.equals(json, i + 1, i + 7, ZEROS, 0, 6)) {
                        return false;
                    }
                }
                default -> {
                    if (json[i] <= ' ') {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean isZero(byte[] json, int from) {
        int end = from;
        while (json[end] == '0' || json[end] == '.') {
            end++;
        }
        return json[end] < '1' || json[end] > '9';
    }

    /** The contract's fields of a hit's source. */
    static ObjectNode of(Kind kind, JsonNode source) {
        ObjectNode result = JSON.createObjectNode();
        for (String field : kind == Kind.ALERT ? ALERT_FIELDS : FIELDS) {
            JsonNode value = source.get(field);
            if (value != null) {
                result.set(field, value);
            }
        }
        return result;
    }

    private static List<byte[]> utf8(List<String> names) {
        return names.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
