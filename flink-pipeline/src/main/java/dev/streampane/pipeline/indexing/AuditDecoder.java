// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.decode.Rejection;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import dev.streampane.pipeline.indexing.IndexedJson.Place;
import dev.streampane.pipeline.indexing.ResultFields.Field;
import dev.streampane.pipeline.indexing.ResultFields.Type;
import java.time.Instant;
import java.util.List;

/**
 * Decodes a line of the audit, contract {@code audit-line/v1}, into a document: the offsets, the number of rows, and per specification how many
 * were counted and late; or a correction. Windows, holes and settings are left out; they are in the topic. The document goes to
 * {@code audit-<yyyy.MM>}. Its {@code @timestamp} and event time are the append time, which the topic must have.
 *
 * <p>{@code _id} is the line's position, {@code <topic id>~<partition>~<offset>}: a replay writes the same document again, with version 1.
 */
final class AuditDecoder {

    /** The largest message of a producer: older lines can be that large, because they had all windows of a message. */
    private static final int MAX_BYTES = 16 << 20;

    private static final List<Field> LINE = Field.list(
            Type.TEXT.required("kind", "job"),
            Type.WHOLE.required("generation"),
            Type.TEXT.required("topic"),
            Type.WHOLE.required("partition", "first", "last", "records", "rows", "rejected", "heartbeats", "unguarded"),
            Type.ARRAY.required("specs"));
    private static final List<Field> SPEC =
            Field.list(Type.TEXT.required("spec"), Type.WHOLE.required("counted", "late"));
    private static final List<Field> CORRECTION = Field.list(
            Type.TEXT.required("kind", "job"),
            Type.WHOLE.required("generation"),
            Type.TEXT.required("spec", "topic"),
            Type.WHOLE.required("partition", "count"));

    private AuditDecoder() {}

    static Decoded<IndexRequest> read(Fetched fetched) throws Rejection {
        if (!fetched.guarded()) {
            throw new Rejection(RejectReason.MISSING, "the topic has no append times");
        }
        ObjectNode line = IndexedJson.read(fetched, MAX_BYTES);
        boolean cut = line.path("kind").asText().equals("correction")
                ? ResultFields.fit(line, CORRECTION, "")
                : ResultFields.fit(line, LINE, "") | ResultFields.fitEach((ArrayNode) line.get("specs"), SPEC, "specs");
        Instant appended = Instant.ofEpochMilli(fetched.appendTime());
        String id = fetched.topicId() + '~' + fetched.partition() + '~' + fetched.offset();
        ObjectNode added = line.objectNode().put("@timestamp", appended.toString());
        return IndexedJson.decoded(
                fetched, line, cut, added, 1, appended, new Place("audit-" + IndexedJson.month(appended), id));
    }
}
