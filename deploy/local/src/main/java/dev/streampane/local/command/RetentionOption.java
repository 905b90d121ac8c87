// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.log.Retention;
import dev.streampane.local.log.TopicCatalogue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** {@code --retention TOPIC=TIME}: for how long a topic of the catalogue keeps its records. */
final class RetentionOption {

    private static final String NAME = "--retention";
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final String ALLOWED = "TOPIC=TIME, from 1m on, or TOPIC=unlimited";

    private RetentionOption() {}

    /** The times by topic; compacted topics have none. */
    static Map<String, Duration> parse(CommandLine command, List<String> texts) {
        Map<String, Duration> retentions = new LinkedHashMap<>();
        JobOptions.pairs(command, NAME, texts)
                .forEach((topic, time) -> retentions.put(topic, parse(command, topic, time)));
        return retentions;
    }

    private static Duration parse(CommandLine command, String topic, String time) {
        List<String> deleting = deletingTopics();
        if (!deleting.contains(topic)) {
            throw JobOptions.wrong(command, NAME, topic + "=" + time, String.join(", ", deleting));
        }
        if (time.equals("unlimited")) {
            return Retention.UNLIMITED;
        }
        return OptionValues.findDuration(time)
                .filter(kept -> kept.compareTo(SHORTEST) >= 0)
                .orElseThrow(() -> JobOptions.wrong(command, NAME, topic + "=" + time, ALLOWED));
    }

    private static List<String> deletingTopics() {
        return TopicCatalogue.load().topics().stream()
                .filter(topic ->
                        topic.config().getOrDefault("cleanup.policy", "delete").contains("delete"))
                .map(TopicCatalogue.Topic::name)
                .toList();
    }
}
