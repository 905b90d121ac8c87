// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.indexing.Indexed.Place;
import dev.streampane.pipeline.indexing.ResultFields.Field;
import dev.streampane.pipeline.indexing.ResultFields.Type;
import dev.streampane.pipeline.intake.Decoded;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.RecordDecoder;
import dev.streampane.pipeline.intake.RejectReason;
import dev.streampane.pipeline.intake.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Reads a line of the books, contract {@code audit-line/v1}, and makes the document of it: which offsets, how many rows, and per
 * specification how many counted and late; or a correction. Without windows, holes and settings, which the topic has. It goes to {@code
 * audit-<yyyy.MM>} with the time at which it was appended as {@code @timestamp} and event time, which the topic must have.
 *
 * <p>{@code _id} is its place: {@code <topic id>~<partition>~<offset>}, so that a replay writes the same document again, with version 1.
 */
final class AuditDecoder implements RecordDecoder<Indexed> {

    private static final long serialVersionUID = 1L;

    /** The largest that a producer sends: of older lines, which had all the windows of a message. */
    private static final int MAX_BYTES = 16 << 20;

    private static final List<Field> LINE = List.of(
            ResultFields.required("kind", Type.TEXT),
            ResultFields.required("job", Type.TEXT),
            ResultFields.required("generation", Type.WHOLE),
            ResultFields.required("topic", Type.TEXT),
            ResultFields.required("partition", Type.WHOLE),
            ResultFields.required("first", Type.WHOLE),
            ResultFields.required("last", Type.WHOLE),
            ResultFields.required("records", Type.WHOLE),
            ResultFields.required("rows", Type.WHOLE),
            ResultFields.required("rejected", Type.WHOLE),
            ResultFields.required("heartbeats", Type.WHOLE),
            ResultFields.required("unguarded", Type.WHOLE),
            ResultFields.required("specs", Type.ARRAY));
    private static final List<Field> SPEC = List.of(
            ResultFields.required("spec", Type.TEXT),
            ResultFields.required("counted", Type.WHOLE),
            ResultFields.required("late", Type.WHOLE));
    private static final List<Field> CORRECTION = List.of(
            ResultFields.required("kind", Type.TEXT),
            ResultFields.required("job", Type.TEXT),
            ResultFields.required("generation", Type.WHOLE),
            ResultFields.required("spec", Type.TEXT),
            ResultFields.required("topic", Type.TEXT),
            ResultFields.required("partition", Type.WHOLE),
            ResultFields.required("count", Type.WHOLE));

    @Override
    public Decoded<Indexed> decode(Fetched fetched) {
        try {
            if (!fetched.guarded()) {
                throw new Rejection(RejectReason.MISSING, "the topic has no append times");
            }
            ObjectNode line = IndexedJson.read(fetched.value(), MAX_BYTES);
            if (line.path("kind").asText().equals("correction")) {
                ResultFields.fit(line, CORRECTION, "");
            } else {
                ResultFields.fit(line, LINE, "");
                ResultFields.fitEach((ArrayNode) line.get("specs"), SPEC, "specs");
            }
            return Decoded.value(fetched, indexed(fetched, line), fetched.appendTime());
        } catch (Rejection e) {
            return Decoded.rejected(fetched, e.reason(), e.getMessage());
        }
    }

    @Override
    public TypeInformation<Indexed> valueType() {
        return TypeInformation.of(Indexed.class);
    }

    private static Indexed indexed(Fetched fetched, ObjectNode line) {
        Instant appended = Instant.ofEpochMilli(fetched.appendTime());
        String id = fetched.topicId() + '~' + fetched.partition() + '~' + fetched.offset();
        line.put("@timestamp", appended.toString());
        IndexedJson.addPlace(line, fetched);
        return new Indexed(
                id,
                1,
                List.of(new Place("audit-" + IndexedJson.month(appended), id)),
                line.toString().getBytes(StandardCharsets.UTF_8));
    }
}
