// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A position as a client reads it: per topic its id and the offsets up to which everything was seen. */
record Positions(Map<String, Topic> topics) {

    private static final Pattern BETWEEN_TOPICS = Pattern.compile("~~");

    @SuppressWarnings("ArrayRecordComponent")
    private record Topic(String id, long[] offsets) {}

    /** The position that {@code text} says, if it says one. */
    static Optional<Positions> of(String text) {
        Map<String, Topic> topics = new TreeMap<>();
        for (String part : BETWEEN_TOPICS.split(text, -1)) {
            String[] fields = part.split("~", -1);
            if (fields.length != 3) {
                return Optional.empty();
            }
            long[] offsets = Arrays.stream(fields[2].split("\\.", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
            topics.put(fields[0], new Topic(fields[1], offsets));
        }
        return Optional.of(new Positions(topics));
    }

    /** The position before the last so many records of each partition; 0 in one that has none. */
    static String back(List<Committed.Found> committed, int records) {
        Map<String, TreeMap<Integer, List<Long>>> offsets = committed.stream()
                .collect(Collectors.groupingBy(
                        found -> found.topic() + "~" + found.topicId(),
                        TreeMap::new,
                        Collectors.groupingBy(
                                Committed.Found::partition,
                                TreeMap::new,
                                Collectors.mapping(Committed.Found::offset, Collectors.toList()))));
        return offsets.entrySet().stream()
                .map(topic -> topic.getKey()
                        + "~"
                        + IntStream.rangeClosed(0, topic.getValue().lastKey())
                                .mapToObj(partition -> topic.getValue().getOrDefault(partition, List.of(0L)))
                                .map(of -> of.get(Math.max(0, of.size() - records)))
                                .map(String::valueOf)
                                .collect(Collectors.joining(".")))
                .collect(Collectors.joining("~~"));
    }

    /** Whether a record is still to come for who has this position. Those of another life, or of a topic not named, are not. */
    boolean behind(Committed.Found found) {
        Topic topic = topics.get(found.topic());
        return topic != null
                && topic.id().equals(found.topicId())
                && found.offset()
                        >= (found.partition() < topic.offsets().length ? topic.offsets()[found.partition()] : 0);
    }
}
