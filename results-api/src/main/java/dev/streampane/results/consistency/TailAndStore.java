// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.Tail.ConsistentRead;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.util.function.Function;

/**
 * Reads results from tail and store without a gap between them: first the tail with {@link #read}, then the store with a search. A window may be
 * found in both; the row with the higher version counts, and of equal versions any.
 */
@Singleton
public record TailAndStore(TailFeeds feeds, ReadConsistency consistency) {

    /**
     * The position up to which the results topic has been read; a read of the tail after this call holds at least up to it.
     *
     * @throws ProblemException 503 until the topic has been read to its end once
     */
    public TopicPosition position() {
        return feeds.tail().position().topic(feeds.resultsTopic()).orElseThrow(ProblemException::feedLoading);
    }

    /**
     * The result of a read of the tail, and the coverage once the store is searched after it.
     *
     * @param found what the read returned
     * @param shown the coverage of an answer from it and the store's searches
     */
    public record Answer<T>(T found, Coverage shown) {}

    /**
     * Reads the tail's index on a worker thread, and waits until searches show all results that the tail no longer holds. See
     * {@link ReadConsistency#awaitCoverage} for the case that they do not in time.
     *
     * @param look reads the index; called again when the tail was loaded again meanwhile
     */
    public <T> Uni<Answer<T>> read(Requirement wanted, Function<TailIndex, T> look) {
        return Uni.createFrom()
                .item(() -> look(look))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(looked -> consistency
                        .awaitCoverage(wanted, looked.position(), looked.earliest())
                        .map(shown -> new Answer<>(looked.found(), shown)));
    }

    /** Reads the tail's index only; {@code look} is called again when the tail was loaded again meanwhile. Throws 503 until the tail is loaded. */
    public <T> ConsistentRead<T> look(Function<TailIndex, T> look) {
        Tail tail = feeds.tail();
        return tail.readConsistently(feeds.resultsTopic(), () -> look.apply(tail.index()))
                .orElseThrow(ProblemException::feedLoading);
    }

    /** The coverage of an answer from the store alone; waits until searches show all results below {@code read}. */
    public Uni<Coverage> stored(Requirement wanted, TopicPosition read) {
        return consistency.awaitCoverage(wanted, read, read);
    }
}
