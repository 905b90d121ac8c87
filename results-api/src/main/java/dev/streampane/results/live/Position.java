// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A place in the log: for one life of the topic, per partition the last seen record's offset + 1.
 *
 * <p>On the wire {@code <topic>~<topicId>~<o0>.<o1>.<o2>.<o3>}, for example {@code window-results~Zf3kq2nBSpKj8cV0m1xZbQ~12.0.7.31}.
 * Several topics are joined by {@code ~~}, in the order of their names.
 *
 * @param topic the topic's name
 * @param topicId tells one life of the topic from the next
 * @param offsets per partition the last seen record's offset + 1
 */
@SuppressWarnings("ArrayRecordComponent")
record Position(String topic, String topicId, long[] offsets) {

    /** No position is longer, whatever the number of partitions. */
    static final int MAX_LENGTH = 4_096;

    /** Stands between the positions of several topics. */
    static final String SEPARATOR = "~~";

    private static final Pattern FORM =
            Pattern.compile(
                    "([a-zA-Z0-9._-]{1,249})~([a-zA-Z0-9_-]{1,64})~([0-9]{1,18}(?:\\.[0-9]{1,18})*)");

    /** The position that {@code text} says, or nothing when it is none. */
    static Optional<Position> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        long[] offsets =
                Arrays.stream(form.group(3).split("\\.")).mapToLong(Long::parseLong).toArray();
        return Optional.of(new Position(form.group(1), form.group(2), offsets));
    }

    /** The positions in one or more topics, by name, that {@code text} says, or nothing when it says none. */
    static Optional<List<Position>> parseAll(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        List<Position> positions = new ArrayList<>();
        for (String part : text.split(SEPARATOR, -1)) {
            Optional<Position> position = parse(part);
            if (position.isEmpty()
                    || !positions.isEmpty()
                            && positions
                                            .get(positions.size() - 1)
                                            .topic()
                                            .compareTo(position.get().topic())
                                    >= 0) {
                return Optional.empty();
            }
            positions.add(position.get());
        }
        return Optional.of(positions);
    }

    @Override
    public String toString() {
        return Arrays.stream(offsets)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(".", topic + "~" + topicId + "~", ""));
    }
}
