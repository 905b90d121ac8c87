// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.log.TopicCatalogue.Topic;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The topics of {@code deploy/topics.yml}. */
public final class Topics {

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
}
