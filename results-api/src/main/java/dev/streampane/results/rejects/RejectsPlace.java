// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.TopicLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The part of a topic that a list has not shown yet. The first page takes the topic as it is then; later pages show the rest of that,
 * whatever is appended or committed meanwhile.
 *
 * @param topicId the topic's id
 * @param ranges remaining offsets per partition
 */
record RejectsPlace(String topicId, List<Range> ranges) {

    private static final int RADIX = 36;
    private static final Pattern RANGE = Pattern.compile("([0-9a-z]{1,12})[+]([0-9a-z]{1,12})");

    /** Offsets {@code [low, high)} of a partition. */
    record Range(long low, long high) {

        static final Range EMPTY = new Range(0, 0);

        boolean isEmpty() {
            return low >= high;
        }

        static Range of(long low, long high) {
            return low < high ? new Range(low, high) : EMPTY;
        }

        Range within(long from, long to) {
            return of(Math.max(low, from), Math.min(high, to));
        }
    }

    /** The offsets from {@code from} (inclusive) to {@code to} (exclusive), both per partition. */
    static RejectsPlace of(String topicId, long[] from, long[] to) {
        return of(topicId, from.length, partition -> Range.of(from[partition], to[partition]));
    }

    private static RejectsPlace of(String topicId, int partitions, IntFunction<Range> range) {
        return new RejectsPlace(
                topicId, IntStream.range(0, partitions).mapToObj(range).toList());
    }

    /** Parses {@code text}; empty if it is not a place. */
    static Optional<RejectsPlace> parse(String text) {
        int mark = text.indexOf('~');
        if (mark < 1) {
            return Optional.empty();
        }
        List<Range> ranges = new ArrayList<>();
        for (String range : text.substring(mark + 1).split("\\.", -1)) {
            Matcher written = RANGE.matcher(range);
            if (range.isEmpty()) {
                ranges.add(Range.EMPTY);
            } else if (written.matches()) {
                long low = Long.parseLong(written.group(1), RADIX);
                ranges.add(new Range(low, low + Long.parseLong(written.group(2), RADIX)));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new RejectsPlace(text.substring(0, mark), ranges));
    }

    /** The part of it at offsets {@code [low, high)} of one partition, or of each; no offsets if there is no such partition. */
    RejectsPlace only(OptionalLong partition, long low, long high) {
        return of(
                topicId,
                ranges.size(),
                number ->
                        partition.orElse(number) == number ? ranges.get(number).within(low, high) : Range.EMPTY);
    }

    /** Cuts off offsets that were deleted or never existed. */
    RejectsPlace within(TopicLayout topic) {
        return of(topicId, ranges.size(), partition -> ranges.get(partition)
                .within(topic.beginnings()[partition], topic.ends()[partition]));
    }

    /** Whether the beginning of a remaining range has been deleted. */
    boolean hasExpired(TopicLayout topic) {
        return IntStream.range(0, ranges.size())
                .anyMatch(partition -> !ranges.get(partition).isEmpty()
                        && ranges.get(partition).low() < topic.beginnings()[partition]);
    }

    /** Whether no offsets remain. */
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
