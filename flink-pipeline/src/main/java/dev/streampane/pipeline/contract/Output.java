// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import dev.streampane.pipeline.state.OutputSerializer;
import java.util.Map;

/**
 * One thing that a job says: a result, an alert, a row of a changelog, a late record, a dead letter, an audit line or a correction. All leave
 * through one exactly-once sink, so that one transaction per subtask and checkpoint holds all that was said.
 *
 * <p>The sink needs no more than these four methods; it maps the {@link Channel} to a topic. Between tasks an output travels as their
 * answers ({@link OutputSerializer}), and is a {@link Message} from there on.
 */
public sealed interface Output permits WindowResult, Alert, WordCount, Message {

    /** Where an output goes; the job's configuration names the topic. */
    enum Channel {
        RESULTS,
        PREVIEWS,
        LATE,
        DEAD_LETTERS,
        AUDIT,
        ALERTS,
        WORD_COUNTS,
        TELEGRAF
    }

    Channel channel();

    /** The Kafka key, or null where the input had none. */
    byte[] key();

    /** The Kafka value; null only where an input without a value is passed on. */
    byte[] value();

    /** The Kafka headers, as UTF-8 texts in the order to write them; empty for JSON outputs. */
    default Map<String, String> headers() {
        return Map.of();
    }
}
