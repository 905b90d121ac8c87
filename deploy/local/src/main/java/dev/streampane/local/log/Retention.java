// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Sets how long topics keep their records.
 *
 * <p>A broker deletes whole segments, and never the active one. So a segment is rolled after half of the retention at the latest: a record
 * is deleted between 1 and 1.5 times the retention after it was appended, plus some minutes. The active segment is not
 * compacted either: segments of a topic that the catalogue has compacted are rolled at least as often as it says.
 */
public final class Retention {

    /** Records are kept forever. */
    public static final Duration UNLIMITED = Duration.ofMillis(-1);

    private static final Duration LONGEST_SEGMENT = Duration.ofDays(7);

    private Retention() {}

    /**
     * Sets the retention of some topics; the others keep theirs.
     *
     * @param byTopic time since a record was appended, or {@link #UNLIMITED}
     */
    public static void set(String bootstrapServers, Map<String, Duration> byTopic) {
        if (byTopic.isEmpty()) {
            return;
        }
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        byTopic.forEach((topic, time) -> changes.put(
                new ConfigResource(ConfigResource.Type.TOPIC, topic), changes(time, longestSegment(topic))));
        try (Admin admin = Topics.admin(bootstrapServers)) {
            Topics.get(admin.incrementalAlterConfigs(changes).all());
        }
    }

    private static long longestSegment(String topic) {
        return TopicCatalogue.load().topics().stream()
                .filter(one -> one.name().equals(topic))
                .map(TopicCatalogue.Topic::config)
                .filter(config -> config.getOrDefault("cleanup.policy", "").contains("compact"))
                .flatMap(config -> Stream.ofNullable(config.get("segment.ms")))
                .mapToLong(Long::parseLong)
                .findAny()
                .orElse(LONGEST_SEGMENT.toMillis());
    }

    private static List<AlterConfigOp> changes(Duration time, long longestSegment) {
        long half = time.equals(UNLIMITED) ? longestSegment : Math.max(1, time.toMillis() / 2);
        return List.of(change("retention.ms", time.toMillis()), change("segment.ms", Math.min(longestSegment, half)));
    }

    private static AlterConfigOp change(String name, long value) {
        return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
    }
}
