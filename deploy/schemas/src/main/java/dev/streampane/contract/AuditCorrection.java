// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * Says that a Flink operator dropped rows that an audit line had counted. This can happen only with {@code idle-after} or after a partition
 * was added. Contract {@code audit-line/v1}, kind {@code correction}.
 *
 * @param offset first offset that was dropped
 * @param windowEnd end of the window that lacks the rows
 * @param count number of rows that were dropped
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

    /** Reads the correction from a message of the topic; empty if the message is not a correction or cannot be read. */
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

    /** The Kafka key, the same as that of the partition's audit lines. */
    public byte[] messageKey() {
        return AuditLine.messageKey(job, topic, partition);
    }

    public byte[] json() {
        return Json.of(this);
    }
}
