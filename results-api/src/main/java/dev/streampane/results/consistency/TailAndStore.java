// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import dev.streampane.results.log.Position;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.function.Function;

/**
 * The two places where results are, read so that nothing falls between them: first the tail by {@link #read}, then the store by a search; of
 * two rows of one revision either will do, of two revisions the higher version holds.
 */
@Singleton
public record TailAndStore(TailFeeds feeds, ReadConsistency consistency) {

    /**
     * How far the log of results was read; what is read after this call holds up to here.
     *
     * @throws ProblemException 503 while it has not been read at all
     */
    public Position.Topic position() {
        return feeds.tail().position().topic(feeds.resultsTopic()).orElseThrow(ProblemException::feedLoading);
    }

    /**
     * What was read of the tail, and what holds once the store was searched after it.
     *
     * @param found what was read
     * @param shown what an answer out of it and the store's searches holds
     */
    public record Answer<T>(T found, ReadConsistency.Coverage shown) {}

    /**
     * Reads the tail's index, on a thread that may take its time, and waits until searches show all results that the tail no longer
     * holds, or says what is missing then.
     *
     * @param look reads; is called once more when the tail was filled anew meanwhile
     */
    public <T> Uni<Answer<T>> read(ReadConsistency.Requirement wanted, Function<TailIndex, T> look) {
        return Uni.createFrom()
                .item(() -> look(look))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(looked -> consistency
                        .shown(wanted, looked.position(), looked.earliest())
                        .map(shown -> new Answer<>(looked.found(), shown)));
    }

    /** Reads the tail's index alone; {@code look} is called once more when the tail was filled anew meanwhile. */
    public <T> Tail.ConsistentRead<T> look(Function<TailIndex, T> look) {
        Tail tail = feeds.tail();
        return tail.readConsistently(feeds.resultsTopic(), () -> look.apply(tail.index()))
                .orElseThrow(ProblemException::feedLoading);
    }

    /** The same for who does not read the tail: what the store alone shows of what was read. */
    public Uni<ReadConsistency.Coverage> stored(ReadConsistency.Requirement wanted, Position.Topic read) {
        return consistency.shown(wanted, read, read);
    }
}
