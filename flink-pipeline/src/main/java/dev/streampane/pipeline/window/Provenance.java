// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where a pane's records lay: smallest and largest offset per partition, for at most {@value #MAX_PARTITIONS} partitions; from more than
 * that, only the topics. The order of adding changes nothing. Mutable; a POJO for Flink.
 */
public final class Provenance {

    /** How many partitions are named one by one. */
    static final int MAX_PARTITIONS = 16;

    private static final int WHOLE_TOPIC = -1;

    /** The ranges so far, in no order. */
    public List<Range> ranges = new ArrayList<>(1);

    /** Whether the ranges stand for whole topics. */
    public boolean topicsOnly;

    /** Smallest and largest offset from one partition. Mutable; a POJO for Flink. */
    public static final class Range {

        /** The topic. */
        public String topic;

        /** The partition; {@value Provenance#WHOLE_TOPIC} for a whole topic. */
        public int partition;

        /** The smallest offset. */
        public long first;

        /** The largest offset. */
        public long last;

        static Range of(String topic, int partition, long first, long last) {
            var range = new Range();
            range.topic = topic;
            range.partition = partition;
            range.first = first;
            range.last = last;
            return range;
        }
    }

    /** The provenance of one record. */
    public static Provenance of(String topic, int partition, long offset) {
        var provenance = new Provenance();
        provenance.ranges.add(Range.of(topic, partition, offset, offset));
        return provenance;
    }

    /** Takes in another provenance. */
    void add(Provenance other) {
        if (other.topicsOnly) {
            keepTopicsOnly();
        }
        for (Range range : other.ranges) {
            add(range);
        }
    }

    private void add(Range added) {
        int partition = topicsOnly ? WHOLE_TOPIC : added.partition;
        for (Range range : ranges) {
            if (range.partition == partition && range.topic.equals(added.topic)) {
                range.first = Math.min(range.first, added.first);
                range.last = Math.max(range.last, added.last);
                return;
            }
        }
        ranges.add(Range.of(added.topic, partition, added.first, added.last));
        if (!topicsOnly && ranges.size() > MAX_PARTITIONS) {
            keepTopicsOnly();
        }
    }

    private void keepTopicsOnly() {
        if (!topicsOnly) {
            topicsOnly = true;
            List<Range> partitions = ranges;
            ranges = new ArrayList<>(1);
            partitions.forEach(this::add);
        }
    }

    /** The result's inputs, by topic and partition. */
    List<WindowResult.Input> inputs() {
        return ranges.stream()
                .sorted(
                        Comparator.comparing((Range range) -> range.topic)
                                .thenComparingInt(range -> range.partition))
                .map(
                        range ->
                                topicsOnly
                                        ? new WindowResult.Input(range.topic, null, null, null)
                                        : new WindowResult.Input(
                                                range.topic,
                                                range.partition,
                                                range.first,
                                                range.last))
                .toList();
    }
}
