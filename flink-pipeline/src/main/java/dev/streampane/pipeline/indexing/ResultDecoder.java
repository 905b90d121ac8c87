// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.JsonFields;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import dev.streampane.pipeline.indexing.IndexedJson.Place;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Decodes a window result into a document: the result's fields in the contract, its position in Kafka ({@code log.epoch}, {@code log.partition},
 * {@code log.offset}, {@code log.appended}), {@code @timestamp} (the window's end) and the legacy fields ({@code client}; for weather-average
 * {@code row_date, row_time, avg_temp, avg_hum}; for transaction-total {@code window_start, window_end, total_amount}).
 *
 * <p>{@code row_date} and {@code row_time} are date and HH:mm:ss of the window's end minus 1 ms in the job's zone. Numbers keep every digit of
 * the result. The event time is the window's end.
 *
 * <p>There are two documents: one that the next revision replaces ({@code _id} = id, in {@code window-results-<job>-<yyyy.MM>}), and one that
 * stays ({@code _id} = id~generation~rev, in {@code window-history-<job>-<yyyy.MM>}). The month is the one of the window's start. All revisions
 * of a window must be in one index of {@code window-results}: there, a pane of {@code global(every=…)} has the month in which it fires, and
 * panes of {@code global(count=…)} are in {@code window-results-<job>-global}.
 *
 * <p>The document's version is {@link Version#number}.
 */
final class ResultDecoder {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private ResultDecoder() {}

    static Decoded<IndexRequest> read(Fetched fetched) throws Rejection {
        ObjectNode result = IndexedJson.read(fetched, JsonFields.MAX_BYTES);
        boolean cut = ResultFields.fit(result);
        Instant end = IndexedJson.instant(result.get("window"), "window.", "end");
        IndexedJson.within(result, "generation", Version.MAX_GENERATION);
        IndexedJson.within(result, "rev", Version.MAX_REV);
        Version version = Version.of(result);
        String job = result.get("job").textValue();
        Instant start = IndexedJson.instant(result.get("window"), "window.", "start");
        ObjectNode added = legacyFields(result, job, end);
        added.set("@timestamp", result.get("window").get("end"));
        String id = IndexedJson.id(result);
        String month = IndexedJson.month(start);
        return IndexedJson.decoded(
                fetched,
                result,
                cut,
                added,
                version.number(),
                end,
                new Place("window-results-" + job + '-' + place(result, month), id),
                new Place(
                        "window-history-" + job + '-' + month, id + '~' + version.generation() + '~' + version.rev()));
    }

    /**
     * The end of the index's name, the same for all revisions of an id: the start of a global pane is its first record, which depends on the
     * generation.
     */
    private static String place(ObjectNode result, String month) throws Rejection {
        if (!result.get("window").get("kind").textValue().equals("global")) {
            return month;
        }
        try {
            WindowSpec.Global spec = (WindowSpec.Global)
                    WindowSpecParser.parse(result.get("spec").textValue());
            return spec.every().isZero()
                    ? "global"
                    : IndexedJson.month(Instant.EPOCH.plus(spec.every()
                            .multipliedBy(result.at("/window/number").longValue())));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new Rejection(RejectReason.TYPE, "spec is not that of a global window");
        } catch (ArithmeticException | DateTimeException e) {
            throw new Rejection(RejectReason.RANGE, "window.number is too large");
        }
    }

    private static ObjectNode legacyFields(ObjectNode result, String job, Instant end) throws Rejection {
        JsonNode window = result.get("window");
        JsonNode values = result.get("values");
        ObjectNode legacy = result.objectNode();
        legacy.set("client", result.get("key"));
        switch (job) {
            case "weather-average" -> {
                ZonedDateTime last = end.minusMillis(1).atZone(zone(window));
                legacy.put("row_date", last.toLocalDate().toString());
                legacy.put("row_time", TIME.format(last));
                legacy.set("avg_temp", values.get("avg_temp"));
                legacy.set("avg_hum", values.get("avg_hum"));
            }
            case "transaction-total" -> {
                legacy.set("window_start", window.get("start"));
                legacy.set("window_end", window.get("end"));
                legacy.set("total_amount", values.get("total_amount"));
            }
            default -> {
                // The other jobs have no predecessor.
            }
        }
        return legacy;
    }

    private static ZoneId zone(JsonNode window) throws Rejection {
        String text = window.get("zone").textValue();
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new Rejection(RejectReason.TYPE, "window.zone is not a time zone");
        }
    }
}
