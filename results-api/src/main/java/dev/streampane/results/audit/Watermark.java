// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The progress of a job in one input partition.
 *
 * @param clock event-time clock of the partition; null if there is none yet
 * @param horizons horizon per specification: windows that end at or before it are closed for this partition
 * @param last last audited offset; null if there is none
 * @param end offset after the partition's last record; null if the broker does not answer, or the topic was re-created
 * @param lag records that the audit does not cover yet; null if unknown
 * @param counted rows counted, for the first specification
 * @param late late rows, for the first specification
 * @param stalled whether neither data nor heartbeats came lately; null if {@code end} is null
 */
record Watermark(
        String job,
        int generation,
        String topic,
        int partition,
        @Schema(nullable = true) Instant clock,

        @Schema(type = SchemaType.OBJECT, additionalProperties = Horizon.class)
        Map<String, Optional<Instant>> horizons,

        @Schema(nullable = true) Long last,
        @Schema(nullable = true) Long end,
        @Schema(nullable = true) Long lag,
        long records,
        long counted,
        long late,
        long rejected,
        long heartbeats,
        @Schema(nullable = true) Boolean stalled,
        boolean balanced) {

    /** A horizon; null when there is none yet. */
    @Schema(type = SchemaType.STRING, format = "date-time", nullable = true)
    private interface Horizon {}

    /** Combines a partition's audit with the input partitions that the broker named. */
    static Watermark of(PartitionAudit known, Map<TopicPartition, InputTopics.Input> found) {
        Map<String, Optional<Instant>> horizons = new TreeMap<>();
        known.specs().forEach(spec -> horizons.put(spec.spec(), Optional.ofNullable(spec.horizon())));
        Optional<InputTopics.Input> input = known.input(found);
        Optional<PartitionAudit.SpecTotals> spec = known.specs().stream().findFirst();
        return new Watermark(
                known.job(),
                known.generation(),
                known.topic(),
                known.partition(),
                known.clock(),
                horizons,
                known.lines() == 0 ? null : known.last(),
                input.map(InputTopics.Input::end).orElse(null),
                known.lag(found).orElse(null),
                known.records(),
                spec.map(PartitionAudit.SpecTotals::counted).orElse(0L),
                spec.map(PartitionAudit.SpecTotals::late).orElse(0L),
                known.rejected(),
                known.heartbeats(),
                input.map(InputTopics.Input::stalled).orElse(null),
                known.balanced());
    }
}
