// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.AuditLine;
import java.util.List;

/**
 * What {@code Intake} keeps of one partition in a checkpoint.
 *
 * @param generation the generation that wrote it
 * @param clock C, or {@link PartitionClock#NONE}
 * @param horizons H per specification
 * @param lastOffset the last offset that was read
 * @param firstTime see {@link PartitionLedger}
 * @param openLine the records since the last audit line; null if there are none
 */
public record PartitionState(
        String topic,
        String topicId,
        int partition,
        int generation,
        long clock,
        List<SpecHorizon> horizons,
        long lastOffset,
        long firstTime,
        AuditLine openLine) {

    /**
     * The horizon of one specification.
     *
     * @param spec its canonical text
     * @param horizon H, or {@link PartitionClock#NONE}
     */
    public record SpecHorizon(String spec, long horizon) {}
}
