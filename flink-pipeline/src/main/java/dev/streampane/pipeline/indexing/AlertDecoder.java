// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.pipeline.indexing.Indexed.Place;
import dev.streampane.pipeline.indexing.ResultFields.Field;
import dev.streampane.pipeline.indexing.ResultFields.Type;
import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.RecordDecoder;
import dev.streampane.pipeline.intake.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Reads an alert, contract {@code alert/v1}, and makes the document of it: what the contract knows of the alert, its place in the log,
 * and {@code @timestamp} (its end). It goes to {@code alerts-<yyyy.MM>}, the month in which it starts, with {@code _id} = id. The event
 * time is its end.
 *
 * <p>A later generation that says the same alert replaces it: version 30064771073 of generation 7.
 */
final class AlertDecoder implements RecordDecoder<Indexed> {

    private static final long serialVersionUID = 1L;

    private static final List<Field> ALERT = List.of(
            ResultFields.required("id", Type.TEXT),
            ResultFields.required("job", Type.TEXT),
            ResultFields.required("generation", Type.WHOLE),
            ResultFields.required("pattern", Type.TEXT),
            ResultFields.required("client", Type.TEXT),
            ResultFields.required("score", Type.NUMBER),
            ResultFields.required("reason", Type.TEXT),
            ResultFields.required("start", Type.TEXT),
            ResultFields.required("end", Type.TEXT),
            ResultFields.required("transactions", Type.ARRAY),
            new Field("watermark", Type.TEXT, true, true),
            ResultFields.required("jobVersion", Type.TEXT));
    private static final List<Field> TRANSACTION = List.of(
            ResultFields.required("topic", Type.TEXT),
            ResultFields.required("partition", Type.WHOLE),
            ResultFields.required("offset", Type.WHOLE),
            ResultFields.required("ts", Type.TEXT),
            ResultFields.required("amount", Type.NUMBER),
            new Field("merchant", Type.TEXT, false, false),
            new Field("lat", Type.NUMBER, false, false),
            new Field("lon", Type.NUMBER, false, false));

    @Override
    public Decoded<Indexed> decode(Fetched fetched) {
        try {
            ObjectNode alert = IndexedJson.read(fetched.value());
            ResultFields.fit(alert, ALERT, "");
            ResultFields.fitEach((ArrayNode) alert.get("transactions"), TRANSACTION, "transactions");
            Instant end = IndexedJson.instant(alert, "", "end");
            return Decoded.value(fetched, indexed(fetched, alert), end.toEpochMilli());
        } catch (Rejection e) {
            return Decoded.rejected(fetched, e.reason(), e.getMessage());
        }
    }

    @Override
    public TypeInformation<Indexed> valueType() {
        return TypeInformation.of(Indexed.class);
    }

    private static Indexed indexed(Fetched fetched, ObjectNode alert) throws Rejection {
        long generation = IndexedJson.within(alert, "generation", Version.MAX_GENERATION);
        Instant start = IndexedJson.instant(alert, "", "start");
        alert.set("@timestamp", alert.get("end"));
        IndexedJson.addPlace(alert, fetched);
        String id = alert.get("id").textValue();
        return new Indexed(
                id,
                new Version(false, generation, 1).number(),
                List.of(new Place("alerts-" + IndexedJson.month(start), id)),
                alert.toString().getBytes(StandardCharsets.UTF_8));
    }
}
