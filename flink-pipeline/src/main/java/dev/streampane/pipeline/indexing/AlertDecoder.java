// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import dev.streampane.pipeline.indexing.IndexedJson.Place;
import dev.streampane.pipeline.indexing.ResultFields.Field;
import dev.streampane.pipeline.indexing.ResultFields.Type;
import java.time.Instant;
import java.util.List;

/**
 * Decodes an alert, contract {@code alert/v1}, into a document: the alert's fields in the contract, its position in Kafka, and
 * {@code @timestamp} (its end). The document goes to {@code alerts-<yyyy.MM>}, the month of the alert's start, with the alert's id as
 * {@code _id}. The event time is the alert's end.
 *
 * <p>The same alert from a later generation replaces it: generation 7 has version 30064771073.
 */
final class AlertDecoder {

    /** Room for an alert with the most payments that one can have, in the longest characters. */
    private static final int MAX_BYTES = 256 << 10;

    private static final List<Field> ALERT = Field.list(
            Type.TEXT.required("id", "job"),
            Type.WHOLE.required("generation"),
            Type.TEXT.required("pattern", "client"),
            Type.NUMBER.required("score"),
            Type.TEXT.required("reason", "start", "end"),
            Type.ARRAY.required("transactions"),
            Type.TEXT.nullable("watermark"),
            Type.TEXT.required("jobVersion"));
    private static final List<Field> TRANSACTION = Field.list(
            Type.TEXT.required("topic"),
            Type.WHOLE.required("partition", "offset"),
            Type.TEXT.required("ts"),
            Type.NUMBER.required("amount"),
            Type.TEXT.optional("merchant"),
            Type.NUMBER.optional("lat", "lon"));

    private AlertDecoder() {}

    static Decoded<IndexRequest> read(Fetched fetched) throws Rejection {
        ObjectNode alert = IndexedJson.read(fetched, MAX_BYTES);
        boolean cut = ResultFields.fit(alert, ALERT, "")
                | ResultFields.fitEach((ArrayNode) alert.get("transactions"), TRANSACTION, "transactions");
        Instant end = IndexedJson.instant(alert, "", "end");
        long generation = IndexedJson.within(alert, "generation", Version.MAX_GENERATION);
        Instant start = IndexedJson.instant(alert, "", "start");
        ObjectNode added = alert.objectNode();
        added.set("@timestamp", alert.get("end"));
        var place = new Place("alerts-" + IndexedJson.month(start), IndexedJson.id(alert));
        return IndexedJson.decoded(fetched, alert, cut, added, new Version(false, generation, 1).number(), end, place);
    }
}
