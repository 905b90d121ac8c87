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
 * A place in the log: of each topic by its id, per partition the last seen record's offset + 1, or behind the markers of transactions that follow it.
 *
 * <p>On the wire {@code <topic>~<topicId>~<o0>.<o1>.<o2>.<o3>}, for example {@code window-results~Zf3kq2nBSpKj8cV0m1xZbQ~12.0.7.31}.
 * Several topics are joined by {@code ~~}, in the order of their names. Immutable.
 */
public final class Position {

    /** No position is longer, whatever the number of topics and partitions. */
    public static final int MAX_LENGTH = 4_096;

    /** Stands between the places in several topics. */
    public static final String SEPARATOR = "~~";

    private static final Pattern TOPIC =
            Pattern.compile("([a-zA-Z0-9._-]{1,249})~([a-zA-Z0-9_-]{1,64})~([0-9.]{1,4096})");

    /** Looked for one by one: a group that repeats would take stack for each. */
    private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

    /**
     * The place in one topic.
     *
     * @param id the topic's id, which another topic of the same name does not have
     * @param offsets per partition the offset below which everything was seen; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Topic(String name, String id, long[] offsets) {

        /** Whether nothing below {@code other} is missing here; of two topics of one name neither reaches the other. */
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

        /** Below which both hold everything: per partition the lower offset, and of two topics of one name none of {@code other}. */
        public Topic lower(Topic other) {
            long[] lower = new long[Math.max(offsets.length, other.offsets.length)];
            if (id.equals(other.id)) {
                long[] here = withPartitions(lower.length).offsets;
                long[] there = other.withPartitions(lower.length).offsets;
                Arrays.setAll(lower, partition -> Math.min(here[partition], there[partition]));
            }
            return new Topic(name, other.id, lower);
        }

        /** The same with as many partitions; those that are added are at their beginning. */
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

    /** The position that {@code text} says, or nothing when it is none. */
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

    /** The topics by name. */
    public List<Topic> topics() {
        return topics;
    }

    /** The place in one topic, if this position tells it. */
    public Optional<Topic> topic(String name) {
        return topics.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return topics.stream().map(Topic::toString).collect(Collectors.joining(SEPARATOR));
    }
}
