// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** Waits for the shared readers, no longer than the budget allows. */
final class BlockingInputLog implements InputLog {

    private static final int MAX_BYTES = 4 << 20;

    private final LogReaders readers;
    private final Budget budget;
    private volatile long started;

    BlockingInputLog(LogReaders readers, Budget budget) {
        this.readers = readers.telling(() -> started = System.nanoTime());
        this.budget = budget;
    }

    @Override
    public TopicLayout layout(String topic) {
        return await(readers.layout(topic));
    }

    @Override
    public long[] offsetsAt(String topic, Instant appended) {
        return await(readers.offsetsAt(topic, appended));
    }

    @Override
    public Chunk read(String topic, int partition, long from, long end) {
        return await(readers.read(topic, partition, from, end, MAX_BYTES));
    }

    private <T> T await(Uni<T> answer) {
        budget.check();
        long asked = System.nanoTime();
        started = 0;
        try {
            T got = answer.await().atMost(budget.left().plusMillis(1));
            budget.queued(started - asked);
            return got;
        } catch (TimeoutException e) {
            budget.queued((started == 0 ? System.nanoTime() : started) - asked);
            budget.check();
            throw e;
        }
    }
}
