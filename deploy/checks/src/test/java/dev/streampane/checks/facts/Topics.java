// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.TopicCatalogue.Topic;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The topics of {@code deploy/topics.yml}. */
public final class Topics {

    private static final Pattern OF_TELEGRAF = Pattern.compile("topics = \\[([^]]*)]");
    private static final List<Topic> ALL = TopicCatalogue.load().topics();

    private Topics() {}

    /** Every topic with its partitions and settings, in the catalogue's order. */
    public static List<Topic> all() {
        return ALL;
    }

    /** Their names. */
    public static Set<String> names() {
        return ALL.stream().map(Topic::name).collect(Collectors.toUnmodifiableSet());
    }

    /** What is wrong with the topics of a {@code telegraf.conf}: nobody writes them. */
    public static Stream<String> ofTelegraf(String configuration) {
        return OF_TELEGRAF
                .matcher(configuration)
                .results()
                .flatMap(topics ->
                        Stream.of(topics.group(1).replaceAll("[\" ]", "").split(",")))
                .filter(topic -> !names().contains(topic))
                .map(topic -> topic + " is no topic");
    }
}
