// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicPosition;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Lets go of everything that a running service's tail holds of a topic, as if newer entries had taken its place. */
public final class Forgetting {

    private Forgetting() {}

    /** Where the tail begins now. */
    public static TopicPosition all(Tail tail, String topic) {
        synchronized (tail) {
            TopicPosition now = tail.position().topic(topic).orElseThrow();
            long[] whole = new long[now.offsets().length];
            Arrays.fill(whole, Instant.now().toEpochMilli() + 1);
            tail.open(
                    new TopicLayout(topic, now.id(), now.offsets(), now.offsets()),
                    now.offsets(),
                    now.offsets(),
                    whole,
                    List.of());
            return now;
        }
    }
}
