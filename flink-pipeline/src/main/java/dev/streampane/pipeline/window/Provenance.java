// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.WindowResult;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where the records of a pane are in the log: smallest and largest offset per partition, for at most {@value #MAX_PARTITIONS} partitions;
 * with more than that, only the topics. The order of addition does not matter. Mutable.
 */
public final class Provenance {

    /** Maximum number of partitions that are listed individually. */
    static final int MAX_PARTITIONS = 16;

    private static final int WHOLE_TOPIC = -1;

    private static final Range[] NONE = {};

    /** The ranges so far, in no order. */
    public Range[] ranges = NONE;

    /** Whether the ranges stand for whole topics. */
    public boolean topicsOnly;

    /** Smallest and largest offset of the records from one partition, and their number. Mutable. */
    public static final class Range {

        public String topic;

        /** The partition; {@value Provenance#WHOLE_TOPIC} for a whole topic. */
        public int partition;

        public long first;
        public long last;
        public long count;

        public Range(String topic, int partition, long first, long last, long count) {
            this.topic = topic;
            this.partition = partition;
            this.first = first;
            this.last = last;
            this.count = count;
        }
    }

    void add(Provenance other) {
        if (other.topicsOnly) {
            keepTopicsOnly();
        }
        addAll(other.ranges);
    }

    private void addAll(Range[] others) {
        for (Range other : others) {
            add(other.topic, other.partition, other.first, other.last, other.count);
        }
    }

    /** Adds {@code count} records between two offsets, both included. */
    void add(String topic, int number, long first, long last, long count) {
        int partition = topicsOnly ? WHOLE_TOPIC : number;
        for (Range range : ranges) {
            if (range.partition == partition && range.topic.equals(topic)) {
                range.first = Math.min(range.first, first);
                range.last = Math.max(range.last, last);
                range.count += count;
                return;
            }
        }
        ranges = Arrays.copyOf(ranges, ranges.length + 1);
        ranges[ranges.length - 1] = new Range(topic, partition, first, last, count);
        if (!topicsOnly && ranges.length > MAX_PARTITIONS) {
            keepTopicsOnly();
        }
    }

    private void keepTopicsOnly() {
        if (!topicsOnly) {
            topicsOnly = true;
            Range[] partitions = ranges;
            ranges = NONE;
            addAll(partitions);
        }
    }

    /** Whether one more partition fits while each is still listed individually. */
    public boolean hasRoom() {
        return ranges.length < MAX_PARTITIONS;
    }

    /** The inputs of the result, ordered by topic and partition. */
    List<WindowResult.Input> inputs() {
        return Arrays.stream(ranges)
                .sorted(Comparator.comparing((Range range) -> range.topic).thenComparingInt(range -> range.partition))
                .map(range -> topicsOnly
                        ? new WindowResult.Input(range.topic, null, null, null)
                        : new WindowResult.Input(range.topic, range.partition, range.first, range.last))
                .toList();
    }
}
