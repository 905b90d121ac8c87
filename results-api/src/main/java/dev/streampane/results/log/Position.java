// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A place in the log: for each topic its id and one offset per partition, below which everything was seen. This is the offset of the last record
 * seen + 1, or an offset after the transaction markers that follow that record.
 *
 * <p>On the wire {@code <topic>~<topicId>~<o0>.<o1>.<o2>.<o3>}, for example {@code window-results~Zf3kq2nBSpKj8cV0m1xZbQ~12.0.7.31}.
 * Several topics are joined by {@code ~~}, ordered by name.
 *
 * @param topics the places in all topics, ordered by name
 */
public record Position(List<TopicPosition> topics) {

    /** Longest text that {@link #parse} accepts, in characters. */
    public static final int MAX_LENGTH = 4_096;

    /** Separates the places in several topics. */
    public static final String SEPARATOR = "~~";

    private static final Pattern TOPIC =
            Pattern.compile("([a-zA-Z0-9._-]{1,249})~([a-zA-Z0-9_-]{1,64})~([0-9.]{1,4096})");

    /** Matched against one offset at a time: a repeated group would use stack for each offset. */
    private static final Pattern OFFSET = Pattern.compile("[0-9]{1,18}");

    public Position {
        topics = topics.stream()
                .sorted(Comparator.comparing(TopicPosition::name))
                .toList();
    }

    /** The position written as {@code text}; empty when the text is not a position. */
    public static Optional<Position> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        List<TopicPosition> topics = new ArrayList<>();
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
            topics.add(new TopicPosition(topic.group(1), topic.group(2), offsets));
        }
        return Optional.of(new Position(topics));
    }

    /** The place in one topic; empty when this position does not name the topic. */
    public Optional<TopicPosition> topic(String name) {
        return topics.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return topics.stream().map(TopicPosition::toString).collect(Collectors.joining(SEPARATOR));
    }
}
