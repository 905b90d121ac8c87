// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import java.util.Map;

/**
 * One Kafka record that a job writes: a result, an alert, a row of a changelog, lines, a late record, a dead letter, an audit line or a
 * correction. All of them go through one exactly-once sink, so that one transaction per subtask and checkpoint holds everything that was
 * written.
 *
 * @param channel the kind of output; the job's configuration names its topic
 * @param key the Kafka key, or null where the input had none
 * @param value the Kafka value; null only where an input without a value is passed on
 * @param headers the Kafka headers, as UTF-8 texts in the order in which they are written; empty for JSON outputs
 */
public record Output(Channel channel, byte[] key, byte[] value, Map<String, String> headers) {

    /** The kinds of outputs. */
    public enum Channel {
        RESULTS,
        PREVIEWS,
        LATE,
        DEAD_LETTERS,
        AUDIT,
        ALERTS,
        WORD_COUNTS,
        TELEGRAF
    }

    /** An output without headers. */
    Output(Channel channel, byte[] key, byte[] value) {
        this(channel, key, value, Map.of());
    }

    public static Output of(AuditLine line) {
        return new Output(Channel.AUDIT, line.messageKey(), line.json());
    }

    public static Output of(AuditCorrection correction) {
        return new Output(Channel.AUDIT, correction.messageKey(), correction.json());
    }
}
