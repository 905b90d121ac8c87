// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.RejectReason;
import dev.streampane.pipeline.io.IndexRequest;
import dev.streampane.pipeline.io.IndexRequest.Document;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/**
 * Makes the two documents of a window result: the one that the next revision replaces ({@code _id} = id), and the one that stays
 * ({@code _id} = id~generation~rev).
 *
 * <p>Both hold the result, its place in the log ({@code log.epoch}, {@code log.partition}, {@code log.offset}), {@code @timestamp} (the
 * window's end) and the legacy fields. They lie in the indices {@code window-results-<job>-<yyyy.MM>} and {@code
 * window-history-<job>-<yyyy.MM>}; the month is that of the window's start in UTC, so that all revisions of a window meet in one index.
 *
 * <p>The version orders the results of one id by (complete, generation, rev): {@code (complete ? 2^60 : 0) + generation * 2^32 + rev}.
 * Complete, generation 1, rev 2: 1152921508901814274; not complete, generation 7, rev 1: 30064771073.
 *
 * <p>What is no window result becomes a refused request with the reason that the contracts give; nothing is thrown.
 */
final class ToIndexRequest implements ElementConverter<Fetched, IndexRequest> {

    static final int DOCUMENTS = 2;

    private static final long serialVersionUID = 1L;
    private static final long COMPLETE = 1L << 60;
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuu.MM");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    @Override
    public IndexRequest apply(Fetched record, SinkWriter.Context context) {
        try {
            ObjectNode result = ResultReader.read(record.value());
            ResultShape.fit(result);
            return request(record, result);
        } catch (UnreadableResultException e) {
            return IndexRequest.refused(record, e.reason().code(), e.getMessage());
        }
    }

    private static IndexRequest request(Fetched record, ObjectNode result)
            throws UnreadableResultException {
        long generation = within(result, "generation", (1L << 28) - 1);
        long rev = within(result, "rev", (1L << 32) - 1);
        boolean complete = result.get("complete").booleanValue();
        long version = (complete ? COMPLETE : 0) + (generation << 32) + rev;
        String id = result.get("id").textValue();
        String job = result.get("job").textValue();
        JsonNode window = result.get("window");
        String month = MONTH.format(instant(window, "start").atOffset(ZoneOffset.UTC));

        addLegacyFields(result, job, window);
        result.put("@timestamp", window.get("end").textValue());
        result.putObject("log")
                .put("epoch", record.topicId())
                .put("partition", record.partition())
                .put("offset", record.offset());
        byte[] source = result.toString().getBytes(StandardCharsets.UTF_8);
        return IndexRequest.of(
                record,
                id,
                List.of(
                        new Document("window-results-" + job + '-' + month, id, version, source),
                        new Document(
                                "window-history-" + job + '-' + month,
                                id + '~' + generation + '~' + rev,
                                version,
                                source)));
    }

    private static void addLegacyFields(ObjectNode result, String job, JsonNode window)
            throws UnreadableResultException {
        JsonNode values = result.get("values");
        result.set("client", result.get("key"));
        switch (job) {
            case "weather-average" -> {
                ZonedDateTime last = instant(window, "end").minusMillis(1).atZone(zone(window));
                result.put("row_date", last.toLocalDate().toString());
                result.put("row_time", TIME.format(last));
                result.set("avg_temp", values.get("avg_temp"));
                result.set("avg_hum", values.get("avg_hum"));
            }
            case "transaction-total" -> {
                result.set("window_start", window.get("start"));
                result.set("window_end", window.get("end"));
                result.set("total_amount", values.get("total_amount"));
            }
            default -> {
                // Jobs that came later have no legacy fields of their own.
            }
        }
    }

    private static long within(ObjectNode result, String name, long largest)
            throws UnreadableResultException {
        long value = result.get(name).longValue();
        if (value < 1 || value > largest) {
            throw new UnreadableResultException(
                    RejectReason.RANGE,
                    name + " is " + value + ", allowed is from 1 to " + largest);
        }
        return value;
    }

    private static Instant instant(JsonNode window, String name) throws UnreadableResultException {
        String text = window.get(name).textValue();
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new UnreadableResultException(
                    RejectReason.TYPE, "window." + name + " is '" + text + "', not an instant");
        }
    }

    private static ZoneId zone(JsonNode window) throws UnreadableResultException {
        String text = window.get("zone").textValue();
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new UnreadableResultException(
                    RejectReason.TYPE, "window.zone is '" + text + "', not a time zone");
        }
    }
}
