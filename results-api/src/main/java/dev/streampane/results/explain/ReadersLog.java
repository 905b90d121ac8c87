// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicLayout;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** Waits for the shared readers, no longer than the budget allows. */
final class ReadersLog implements InputLog {

    private static final int MAX_BYTES = 4 << 20;

    private final LogReaders readers;
    private final Budget budget;
    private volatile long begun;

    ReadersLog(LogReaders readers, Budget budget) {
        this.readers = readers.telling(() -> begun = System.nanoTime());
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
    public Piece read(String topic, int partition, long from, long end) {
        LogReaders.Chunk chunk = await(readers.read(topic, partition, from, end, MAX_BYTES));
        return new Piece(chunk.records(), chunk.next(), chunk.expired());
    }

    private <T> T await(Uni<T> answer) {
        budget.check();
        long asked = System.nanoTime();
        begun = 0;
        try {
            T got = answer.await().atMost(budget.left().plusMillis(1));
            budget.queued(begun - asked);
            return got;
        } catch (TimeoutException e) {
            budget.queued((begun == 0 ? System.nanoTime() : begun) - asked);
            budget.check();
            throw e;
        }
    }
}
