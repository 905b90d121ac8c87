// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.time.Instant;
import java.util.Map;

/**
 * A record that could not be used: its own bytes, with headers that say why and where it lay. Contract {@code dead-letter/v1}.
 *
 * @param reason a code of the closed list in the contract
 * @param message what was wrong, for people; one line
 * @param row number of the row within its record, from 0; null when the record is meant as a whole
 * @param appendTime when the broker appended it; null when the topic does not say
 * @param id the result's id when the index refused a result; null for every other reason
 * @param key the first MiB of the record's key, of one row of many the first KiB; null where it had none
 * @param value the first MiB of the record's or the row's value, null where it had none
 */
public record DeadLetter(
        String job,
        int generation,
        String reason,
        String message,
        String topic,
        int partition,
        long offset,
        Integer row,
        Instant appendTime,
        String id,
        byte[] key,
        byte[] value)
        implements Output {

    public DeadLetter {
        key = RawBytes.cut(key);
        value = RawBytes.cut(value);
    }

    @Override
    public Channel channel() {
        return Channel.DEAD_LETTERS;
    }

    /** job, generation, reason, message, topic, partition, offset, row (of many), append-time (when known), id (index-refused only). */
    @Override
    public Map<String, String> headers() {
        return new Headers()
                .with("job", job)
                .with("generation", generation)
                .with("reason", reason)
                .with("message", message)
                .with("topic", topic)
                .with("partition", partition)
                .with("offset", offset)
                .with("row", row)
                .with("append-time", appendTime)
                .with("id", id)
                .all();
    }
}
