// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * Says that an operator dropped what an audit line had counted, which can happen only with {@code idle-after} or when a partition was
 * added. Contract {@code audit-line/v1}, kind {@code correction}.
 *
 * @param offset the first offset that was dropped
 * @param windowEnd the end of the window that does not hold it
 * @param count rows that were dropped
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonTypeName(AuditCorrection.KIND)
public record AuditCorrection(
        String job,
        int generation,
        String spec,
        String topic,
        int partition,
        long offset,
        Instant windowEnd,
        long count) {

    static final String KIND = "correction";

    /** The correction in a message of the topic; nothing when it is none, or one that cannot be read. */
    public static Optional<AuditCorrection> read(JsonNode json) {
        if (!json.path("kind").asText().equals(KIND)) {
            return Optional.empty();
        }
        return Fields.find(() -> new AuditCorrection(
                Fields.text(json, "job"),
                Fields.small(json, "generation"),
                Fields.text(json, "spec"),
                Fields.text(json, "topic"),
                Fields.small(json, "partition"),
                Fields.number(json, "offset"),
                Fields.instant(json, "windowEnd"),
                Fields.number(json, "count")));
    }

    /** The Kafka key, that of the partition's lines. */
    public byte[] messageKey() {
        return AuditLine.messageKey(job, topic, partition);
    }

    public byte[] json() {
        return Json.of(this);
    }
}
