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

    /**
     * @param since when it was found to end there, by {@link System#nanoTime}
     * @param looked when it was looked at last
     */
    private record Seen(String topicId, long end, long since, long looked) {}

    private final long after;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, Seen> seen = new HashMap<>();

    Silence(Duration after, LongSupplier nanoTime) {
        this.after = after.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Those of the partitions, with the ids of their topics, that were not looked at before. Forgets those that are of another topic, or have been gone for long. */
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
     * Whether a partition has got nothing for long.
     *
     * @param hint whether it seems so at the first look; believed from the next one on, if it ends there still
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
