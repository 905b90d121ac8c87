// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.time.Instant;
import java.util.Map;

/**
 * An input record that came after its window had closed: the input's own bytes, with headers that say where it lay. Contract
 * {@code late-record/v1}. One per window specification that called it late.
 *
 * @param row number of the row within its record, from 0; null when the record is meant as a whole
 * @param appendTime when the broker appended it; null when the topic does not say
 * @param key the first MiB of the input's key, of one row of many the first KiB; null where it had none
 * @param value the input's value
 */
public record LateRecord(
        String job,
        int generation,
        String spec,
        String topic,
        int partition,
        long offset,
        Integer row,
        Instant appendTime,
        Instant eventTime,
        byte[] key,
        byte[] value)
        implements Output {

    public LateRecord {
        key = RawBytes.cut(key);
        value = RawBytes.cut(value);
    }

    @Override
    public Channel channel() {
        return Channel.LATE;
    }

    /** job, generation, spec, topic, partition, offset, row (of many), append-time (when known), event-time. */
    @Override
    public Map<String, String> headers() {
        return new Headers()
                .with("job", job)
                .with("generation", generation)
                .with("spec", spec)
                .with("topic", topic)
                .with("partition", partition)
                .with("offset", offset)
                .with("row", row)
                .with("append-time", appendTime)
                .with("event-time", eventTime)
                .all();
    }
}
