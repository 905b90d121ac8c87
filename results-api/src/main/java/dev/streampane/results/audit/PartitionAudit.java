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
 * One partition's audit, as {@code GET /api/v1/audit} shows them: all audit lines of one generation added up.
 *
 * @param first first offset that the lines cover
 * @param last last offset that they cover
 * @param records records that Intake saw
 * @param rows rows in them
 * @param contiguous each line begins where the one before it ends
 * @param balanced contiguous, and in each line offsets = records + holes and rows = counted + late + rejected + heartbeats
 * @param problems what does not hold, and where; the first ten
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

        @Schema(description = "Rows whose event time could not be held against an append time")
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
     * Offsets at which Intake saw no record: transaction markers, or something swallowed; {@code streampane audit} reads them to tell.
     *
     * @param offsets how many
     * @param ranges the newest of them, both ends inclusive; at most 20
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

    /** Whether the lines reach over {@code offset}, be it a record's or a hole's. */
    boolean covers(long offset) {
        return first <= offset && offset <= last;
    }

    /** The partition that was read. */
    TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    /** What the broker says of that partition; nothing when it was not asked or the topic is another one. */
    Optional<Input> input(Map<TopicPartition, Input> inputs) {
        return Optional.ofNullable(inputs.get(topicPartition()))
                .filter(input -> input.topicId().equals(topicId));
    }

    /** Whether the topic was made anew since, maybe with fewer partitions; one that may not be looked at is taken for the same. */
    boolean isOfAnotherTopic(Map<TopicPartition, Input> inputs) {
        Input now = inputs.getOrDefault(topicPartition(), inputs.get(new TopicPartition(topic, 0)));
        return now != null && !now.topicId().equals(topicId);
    }

    /** Records that are not covered yet; nothing where {@link #input} says nothing. */
    Optional<Long> lag(Map<TopicPartition, Input> inputs) {
        return input(inputs).map(input -> isEmptyBehindAMarker(input) ? 0 : Math.max(0, input.end() - last - 1));
    }

    /** Offsets that are gone before they are covered; nothing where {@link #input} says nothing. */
    Optional<Long> expired(Map<TopicPartition, Input> inputs) {
        return input(inputs).map(input -> isEmptyBehindAMarker(input) ? 0 : Math.max(0, input.start() - last - 1));
    }

    /**
     * Whether the partition is empty by now, one offset behind the covered ones: that of a transaction's marker, which goes like a record. Markers
     * between records are holes, so where none was seen it was a record. Inputs are not written in transactions unless others than the
     * simulators do so; of one that had a single transaction the marker counts as a record.
     */
    private boolean isEmptyBehindAMarker(Input input) {
        return holes.offsets() > 0 && input.start() == input.end() && input.start() == last + 2;
    }
}
