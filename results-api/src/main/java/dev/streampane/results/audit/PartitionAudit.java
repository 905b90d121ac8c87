// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.InputTopics.Input;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The audit of one partition, as {@code GET /api/v1/audit} shows it: all audit lines of one generation, added up.
 *
 * @param first first offset that the lines cover
 * @param last last offset that the lines cover, inclusive
 * @param records records that Intake read
 * @param rows rows in those records
 * @param contiguous whether each line begins where the one before it ends
 * @param balanced contiguous, and in each line offsets = records + holes and rows = counted + late + rejected + heartbeats
 * @param problems which of these conditions fail, and where; the first ten
 */
public record PartitionAudit(
        String job,
        int generation,
        String topic,
        String topicId,
        int partition,
        long lines,
        long first,
        long last,
        long records,
        long rows,
        long rejected,
        long heartbeats,

        @Schema(description = "Rows whose event time could not be compared with an append time")
        long unguarded,

        @Schema(
                description =
                        "Offsets at which the job saw no record; `streampane audit` reads them to tell what they are")
        Holes holes,

        List<SpecTotals> specs,
        @Schema(nullable = true) Instant clock,

        @Schema(description = "Counted records that a window dropped afterwards")
        long corrections,

        boolean contiguous,
        boolean balanced,
        List<String> problems) {

    /**
     * Offsets at which Intake saw no record: transaction markers or lost records. {@code streampane audit} reads them to find out which.
     *
     * @param offsets number of such offsets
     * @param ranges the newest ranges of them, both ends inclusive; at most 20
     */
    public record Holes(long offsets, List<List<Long>> ranges) {}

    /**
     * Verdicts for one window specification, in rows.
     *
     * @param horizon null when there is none yet
     */
    public record SpecTotals(
            String spec,
            long counted,
            long late,
            @Schema(nullable = true) Instant horizon) {}

    /** Whether the lines cover {@code offset}, whether it is that of a record or a hole. */
    boolean covers(long offset) {
        return first <= offset && offset <= last;
    }

    /** The partition that was read. */
    TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    /** The state of the partition at the broker; empty if the broker was not asked or the topic has been re-created. */
    Optional<Input> input(Map<TopicPartition, Input> inputs) {
        return Optional.ofNullable(inputs.get(topicPartition()))
                .filter(input -> input.topicId().equals(topicId));
    }

    /** Whether the topic has been re-created since, maybe with fewer partitions. A topic that could not be looked at counts as the same. */
    boolean isOfAnotherTopic(Map<TopicPartition, Input> inputs) {
        Input now = inputs.getOrDefault(topicPartition(), inputs.get(new TopicPartition(topic, 0)));
        return now != null && !now.topicId().equals(topicId);
    }

    /** Records that the lines do not cover yet and may still come to; empty if {@link #input} is empty. */
    Optional<Long> lag(Map<TopicPartition, Input> inputs) {
        return input(inputs).map(input -> isEmptyOneBehind(input) ? 0 : Math.max(0, input.end() - last - 1));
    }

    /** Offsets that were deleted before the lines covered them; empty if {@link #input} is empty. */
    Optional<Long> expired(Map<TopicPartition, Input> inputs) {
        return input(inputs)
                .map(input ->
                        isEmptyOneBehind(input) && holes.offsets() > 0 ? 0 : Math.max(0, input.start() - last - 1));
    }

    /**
     * Whether the partition is now empty and ends right after the first uncovered offset, which has expired. With holes it was a transaction
     * marker, as the earlier ones that show as holes. Without, it counts as a record: the simulators do not write in transactions; but it is a
     * marker if another producer wrote a single transaction only.
     */
    private boolean isEmptyOneBehind(Input input) {
        return input.start() == input.end() && input.start() == last + 2;
    }
}
