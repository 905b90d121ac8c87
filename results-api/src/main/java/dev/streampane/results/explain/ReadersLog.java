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

    ReadersLog(LogReaders readers, Budget budget) {
        this.readers = readers;
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
        try {
            return answer.await().atMost(budget.left().plusMillis(1));
        } catch (TimeoutException e) {
            budget.check();
            throw e;
        }
    }
}
