// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.TopicLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which part of a topic a list has still to show. The first page takes the topic as it is then; the pages behind it show the rest of
 * that, whatever is appended or committed meanwhile.
 *
 * @param topicId the topic's id
 * @param ranges per partition the offsets that are left
 */
record RejectsPlace(String topicId, List<Range> ranges) {

    private static final int RADIX = 36;

    /**
     * Offsets {@code [low, high)} of a partition.
     *
     * @param low first offset
     * @param high offset behind the last; not below {@code low}
     */
    record Range(long low, long high) {

        static final Range EMPTY = new Range(0, 0);

        boolean isEmpty() {
            return low >= high;
        }

        /** What lies in both. */
        Range within(long beginning, long end) {
            Range cut = new Range(Math.max(low, beginning), Math.min(high, end));
            return cut.isEmpty() ? EMPTY : cut;
        }
    }

    /** Everything from {@code from} up to {@code to}, both per partition. */
    static RejectsPlace of(String topicId, long[] from, long[] to) {
        List<Range> ranges = new ArrayList<>();
        for (int partition = 0; partition < from.length; partition++) {
            ranges.add(new Range(from[partition], to[partition]).within(from[partition], to[partition]));
        }
        return new RejectsPlace(topicId, ranges);
    }

    /** The place in {@code text}, or nothing when it is none. */
    static Optional<RejectsPlace> parse(String text) {
        int mark = text.indexOf('~');
        if (mark < 1) {
            return Optional.empty();
        }
        List<Range> ranges = new ArrayList<>();
        for (String range : text.substring(mark + 1).split("\\.", -1)) {
            int plus = range.indexOf('+');
            if (range.isEmpty()) {
                ranges.add(Range.EMPTY);
                continue;
            }
            if (!range.matches("[0-9a-z]{1,12}[+][0-9a-z]{1,12}")) {
                return Optional.empty();
            }
            long low = Long.parseLong(range.substring(0, plus), RADIX);
            long length = Long.parseLong(range.substring(plus + 1), RADIX);
            ranges.add(new Range(low, low + length));
        }
        return Optional.of(new RejectsPlace(text.substring(0, mark), ranges));
    }

    /** What of it lies in one partition; nothing where there is none of that number. */
    RejectsPlace only(long partition) {
        List<Range> kept = new ArrayList<>();
        for (int number = 0; number < ranges.size(); number++) {
            kept.add(number == partition ? ranges.get(number) : Range.EMPTY);
        }
        return new RejectsPlace(topicId, kept);
    }

    /** Cuts off what is not there any more, and what never was. */
    RejectsPlace within(TopicLayout topic) {
        List<Range> cut = new ArrayList<>();
        for (int partition = 0; partition < ranges.size(); partition++) {
            cut.add(ranges.get(partition).within(topic.beginnings()[partition], topic.ends()[partition]));
        }
        return new RejectsPlace(topicId, cut);
    }

    /** Whether the beginning of what was left has been deleted since. */
    boolean hasExpired(TopicLayout topic) {
        for (int partition = 0; partition < ranges.size(); partition++) {
            Range range = ranges.get(partition);
            if (!range.isEmpty() && range.low() < topic.beginnings()[partition]) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing is left. */
    boolean isEmpty() {
        return ranges.stream().allMatch(Range::isEmpty);
    }

    @Override
    public String toString() {
        return topicId
                + ranges.stream()
                        .map(range -> range.isEmpty()
                                ? ""
                                : Long.toString(range.low(), RADIX)
                                        + '+'
                                        + Long.toString(range.high() - range.low(), RADIX))
                        .collect(Collectors.joining(".", "~", ""));
    }
}
