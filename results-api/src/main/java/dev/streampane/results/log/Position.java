// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A place in the log: for each topic its id and one offset per partition, below which everything was seen. This is the offset of the last record
 * seen + 1, or an offset after the transaction markers that follow that record.
 *
 * <p>On the wire {@code <topic>~<topicId>~<o0>.<o1>.<o2>.<o3>}, for example {@code window-results~Zf3kq2nBSpKj8cV0m1xZbQ~12.0.7.31}.
 * Several topics are joined by {@code ~~}, ordered by name. Immutable.
 */
public final class Position {

    /** Longest text that {@link #parse} accepts, in characters. */
    public static final int MAX_LENGTH = 4_096;

    /** Separates the places in several topics. */
    public static final String SEPARATOR = "~~";

    private static final Pattern TOPIC =
            Pattern.compile("([a-zA-Z0-9._-]{1,249})~([a-zA-Z0-9_-]{1,64})~([0-9.]{1,4096})");

    /** Matched against one offset at a time: a repeated group would use stack for each offset. */
    private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

    /**
     * The place in one topic.
     *
     * @param id the topic's id; a recreated topic has another one
     * @param offsets per partition, the offset below which everything was seen; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Topic(String name, String id, long[] offsets) {

        /** The place right after one record; nothing of the partitions above its own was seen. */
        public static Topic after(String name, String id, int partition, long offset) {
            long[] offsets = new long[partition + 1];
            offsets[partition] = offset + 1;
            return new Topic(name, id, offsets);
        }

        /** Whether everything below {@code other} was seen here, too; false when the topic ids differ. */
        public boolean reaches(Topic other) {
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
        public Topic lower(Topic other) {
            long[] lower = new long[Math.max(offsets.length, other.offsets.length)];
            if (id.equals(other.id)) {
                long[] here = withPartitions(lower.length).offsets;
                long[] there = other.withPartitions(lower.length).offsets;
                Arrays.setAll(lower, partition -> Math.min(here[partition], there[partition]));
            }
            return new Topic(name, other.id, lower);
        }

        /** The same place with at least {@code partitions} partitions; added ones have offset 0. */
        public Topic withPartitions(int partitions) {
            return partitions <= offsets.length ? this : new Topic(name, id, Arrays.copyOf(offsets, partitions));
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

    private final List<Topic> topics;

    private Position(List<Topic> topics) {
        this.topics = topics;
    }

    /** The place in all of {@code topics}. */
    public static Position of(List<Topic> topics) {
        return new Position(
                topics.stream().sorted(Comparator.comparing(Topic::name)).toList());
    }

    /** The position written as {@code text}; empty when the text is not a position. */
    public static Optional<Position> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        List<Topic> topics = new ArrayList<>();
        for (String part : text.split(SEPARATOR, -1)) {
            Matcher topic = TOPIC.matcher(part);
            if (!topic.matches()
                    || !topics.isEmpty() && topics.get(topics.size() - 1).name().compareTo(topic.group(1)) >= 0) {
                return Optional.empty();
            }
            String[] parts = topic.group(3).split("\\.", -1);
            if (!Arrays.stream(parts).allMatch(offset -> OFFSET.matcher(offset).matches())) {
                return Optional.empty();
            }
            long[] offsets = Arrays.stream(parts).mapToLong(Long::parseLong).toArray();
            topics.add(new Topic(topic.group(1), topic.group(2), offsets));
        }
        return Optional.of(new Position(List.copyOf(topics)));
    }

    /** The places in all topics, ordered by name. */
    public List<Topic> topics() {
        return topics;
    }

    /** The place in one topic; empty when this position does not name the topic. */
    public Optional<Topic> topic(String name) {
        return topics.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return topics.stream().map(Topic::toString).collect(Collectors.joining(SEPARATOR));
    }
}
