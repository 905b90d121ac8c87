// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.time.Instant;

/**
 * Says that an operator dropped what an audit line had counted, which can happen only with {@code idle-after} or when a partition was
 * added. Contract {@code audit-line/v1}, kind {@code correction}; the Kafka key is {@code job/topic/partition}.
 *
 * @param offset the first offset that was dropped
 * @param windowEnd the end of the window that does not hold it
 * @param count rows that were dropped
 */
public record AuditCorrection(
        String job,
        int generation,
        String spec,
        String topic,
        int partition,
        long offset,
        Instant windowEnd,
        long count)
        implements Output {

    @Override
    public Channel channel() {
        return Channel.AUDIT;
    }

    @Override
    public byte[] key() {
        return AuditLine.key(job, topic, partition);
    }

    /** The JSON of contract {@code audit-line/v1}. */
    @Override
    public byte[] value() {
        return Json.object(json -> {
            json.writeStringField("kind", "correction");
            json.writeStringField("job", job);
            json.writeNumberField("generation", generation);
            json.writeStringField("spec", spec);
            json.writeStringField("topic", topic);
            json.writeNumberField("partition", partition);
            json.writeNumberField("offset", offset);
            Json.instant(json, "windowEnd", windowEnd);
            json.writeNumberField("count", count);
        });
    }
}
