// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * The two places where results are, read so that nothing falls between them: first {@link #position}, then {@link #index}, then
 * {@link #shown}, then a search; of two rows of one revision either will do, of two revisions the higher version holds.
 */
@ApplicationScoped
class TailAndStore {

    /** What an answer says whose rows below the tail could not be had. */
    static final String STORE_BEHIND = "store-behind";

    private final TailFeeds feeds;
    private final IndexedLog indexed;
    private final AtLeast atLeast;
    private final Duration wait;
    private final Duration retryAfter;

    TailAndStore(TailFeeds feeds, IndexedLog indexed, AtLeast atLeast, ResultsConfig config) {
        this.feeds = feeds;
        this.indexed = indexed;
        this.atLeast = atLeast;
        this.wait = config.query().timeout();
        this.retryAfter = config.query().retryAfter();
    }

    /**
     * How far the log of results was read; what is read after this call holds up to here.
     *
     * @throws ProblemException 503 while it has not been read at all
     */
    Position.Topic position() {
        return feeds.tail()
                .position()
                .topic(feeds.resultsTopic())
                .orElseThrow(
                        () ->
                                new ProblemException(
                                        Problem.unavailable(
                                                ProblemType.FEED_LOADING,
                                                ProblemType.FEED_LOADING.meaning(),
                                                retryAfter)));
    }

    /** The windows in the tail. */
    TailIndex index() {
        return feeds.tail().index();
    }

    /**
     * What tail and store show together, once searches show all results that the tail no longer holds, or what is missing then; asked
     * after the index was read.
     *
     * @param read the {@link #position} before
     */
    Uni<AtLeast.Shown> shown(AtLeast.Wanted wanted, Position.Topic read) {
        return atLeast.shown(
                wanted, read, feeds.tail().floors().topic(feeds.resultsTopic()).orElse(read));
    }

    /** Whether searches show all results below {@code position}, now or in a moment. */
    Uni<Boolean> shows(Position.Topic position) {
        return indexed.shows(position, wait);
    }
}
