// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds partitions that get no records, by comparing their end offsets from look to look. Timestamps are not enough: producers may set
 * those of records, and the broker has another clock.
 */
final class Silence {

    /**
     * @param since since when the partition has had this end, as far as is known, by {@link System#nanoTime}
     * @param looked when it was last looked at, by {@link System#nanoTime}
     */
    private record Seen(String topicId, long end, long since, long looked) {}

    private final long after;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Seen> seen = new HashMap<>();

    Silence(Duration after, LongSupplier nanoTime) {
        this.after = after.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * The partitions in {@code topicIds} that were not looked at before. Forgets partitions of a re-created topic and those that have been
     * missing for long.
     */
    Set<TopicPartition> unseen(Map<TopicPartition, String> topicIds) {
        long now = nanoTime.getAsLong();
        seen.entrySet().removeIf(known -> {
            String id = topicIds.get(known.getKey());
            return id == null
                    ? now - known.getValue().looked() > after
                    : !id.equals(known.getValue().topicId());
        });
        Set<TopicPartition> unseen = new HashSet<>(topicIds.keySet());
        unseen.removeAll(seen.keySet());
        return unseen;
    }

    /**
     * Whether a partition has got no records for long.
     *
     * @param hint whether it seems so at the first look; taken as true from the next look on, if the end is still the same
     */
    boolean lasts(TopicPartition partition, String topicId, long end, boolean hint) {
        Seen before = seen.get(partition);
        long now = nanoTime.getAsLong();
        boolean isSame = before != null && before.end() == end;
        long since = isSame ? before.since() : before == null && hint ? now - after : now;
        seen.put(partition, new Seen(topicId, end, since, now));
        return isSame && now - since >= after;
    }
}
