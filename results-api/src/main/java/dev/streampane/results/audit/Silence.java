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
 * Which partitions get nothing, told by their ends from look to look: the times of records may be the writers' own, and the broker's clock is
 * another one.
 */
final class Silence {

    /** @param since when it was found to end there, by {@link System#nanoTime} */
    private record Seen(String topicId, long end, long since) {}

    private final long after;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Seen> seen = new HashMap<>();

    Silence(Duration after, LongSupplier nanoTime) {
        this.after = after.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Those of the partitions, with the ids of their topics, that were not looked at before. Forgets all that are not among them. */
    Set<TopicPartition> unseen(Map<TopicPartition, String> topicIds) {
        seen.entrySet().removeIf(known -> !known.getValue().topicId().equals(topicIds.get(known.getKey())));
        Set<TopicPartition> unseen = new HashSet<>(topicIds.keySet());
        unseen.removeAll(seen.keySet());
        return unseen;
    }

    /**
     * Whether a partition has got nothing for long.
     *
     * @param hint whether it seems so at the first look; believed from the next one on, if it ends there still
     */
    boolean lasts(TopicPartition partition, String topicId, long end, boolean hint) {
        Seen before = seen.get(partition);
        long now = nanoTime.getAsLong();
        if (before == null || before.end() != end) {
            seen.put(partition, new Seen(topicId, end, before == null && hint ? now - after : now));
            return false;
        }
        return now - before.since() >= after;
    }
}
