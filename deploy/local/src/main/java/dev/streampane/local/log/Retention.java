// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * For how long topics keep their records.
 *
 * <p>A broker deletes whole segments, and never the one that it writes to, so that a segment is ended after half of the
 * time at the latest: a record goes between one and one and a half times the retention after it came, and some minutes.
 */
public final class Retention {

    /** For ever. */
    public static final Duration UNLIMITED = Duration.ofMillis(-1);

    private static final Duration LONGEST_SEGMENT = Duration.ofDays(7);

    private Retention() {}

    /**
     * Alters topics; the others keep what they have.
     *
     * @param byTopic time since a record was appended, or {@link #UNLIMITED}
     */
    public static void set(String bootstrapServers, Map<String, Duration> byTopic) {
        if (byTopic.isEmpty()) {
            return;
        }
        Map<ConfigResource, java.util.Collection<AlterConfigOp>> changes = new HashMap<>();
        byTopic.forEach(
                (topic, time) -> changes.put(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes(time)));
        try (Admin admin = Topics.admin(bootstrapServers)) {
            Topics.get(admin.incrementalAlterConfigs(changes).all());
        }
    }

    private static List<AlterConfigOp> changes(Duration time) {
        boolean forEver = time.equals(UNLIMITED);
        List<AlterConfigOp> changes = new ArrayList<>();
        changes.add(change("retention.ms", time.toMillis()));
        long half = forEver ? LONGEST_SEGMENT.toMillis() : Math.max(1, time.toMillis() / 2);
        changes.add(change("segment.ms", Math.min(LONGEST_SEGMENT.toMillis(), half)));
        return changes;
    }

    private static AlterConfigOp change(String name, long value) {
        return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
    }
}
