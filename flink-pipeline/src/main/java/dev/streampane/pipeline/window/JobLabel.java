// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.WindowSpec;
import java.io.Serializable;
import java.time.Instant;

/**
 * The job that emits a result.
 *
 * @param generation the number of this run of the job, from 1
 * @param zone the zone in which people read the job's windows
 */
public record JobLabel(String job, int generation, String jobVersion, String zone) implements Serializable {

    /** The correction that takes back {@code count} rows of a partition, from {@code offset} on, in the first window of {@code eventTime}. */
    public AuditCorrection correction(
            WindowSpec spec, String topic, int partition, long offset, long eventTime, long count) {
        Instant windowEnd = Instant.ofEpochMilli(spec.firstEnd(eventTime));
        return new AuditCorrection(job, generation, spec.canonical(), topic, partition, offset, windowEnd, count);
    }
}
