// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * A place in one topic of the log; see {@link Position}.
 *
 * @param id the topic's id; a recreated topic has another one
 * @param offsets per partition, the offset below which everything was seen; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent")
public record TopicPosition(String name, String id, long[] offsets) {

    /** The place right after one record; nothing of the partitions above its own was seen. */
    public static TopicPosition after(String name, String id, int partition, long offset) {
        long[] offsets = new long[partition + 1];
        offsets[partition] = offset + 1;
        return new TopicPosition(name, id, offsets);
    }

    /** Whether everything below {@code other} was seen here, too; false when the topic ids differ. */
    public boolean reaches(TopicPosition other) {
        if (!id.equals(other.id) || offsets.length < other.offsets.length) {
            return false;
        }
        for (int partition = 0; partition < other.offsets.length; partition++) {
            if (offsets[partition] < other.offsets[partition]) {
                return false;
            }
        }
        return true;
    }

    /** The place below which both have seen everything: the lower offset per partition, or 0 for all when the topic ids differ. */
    public TopicPosition lower(TopicPosition other) {
        long[] lower = new long[Math.max(offsets.length, other.offsets.length)];
        if (id.equals(other.id)) {
            long[] here = withPartitions(lower.length).offsets;
            long[] there = other.withPartitions(lower.length).offsets;
            Arrays.setAll(lower, partition -> Math.min(here[partition], there[partition]));
        }
        return new TopicPosition(name, other.id, lower);
    }

    /** The same place with at least {@code partitions} partitions; added ones have offset 0. */
    public TopicPosition withPartitions(int partitions) {
        return partitions <= offsets.length ? this : new TopicPosition(name, id, Arrays.copyOf(offsets, partitions));
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(".", name + "~" + id + "~", "");
        for (long offset : offsets) {
            text.add(Long.toString(offset));
        }
        return text.toString();
    }
}
