// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** How much of the log of alerts an answer holds. Alerts are found through Elasticsearch alone, so it is what its searches show. */
@ApplicationScoped
public class ShownAlerts {

    /** Enough for a look and a refresh; whoever must have the newest alert says so by {@code atLeast}. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private final TailFeeds feeds;
    private final IndexedLog indexed;
    private final AtLeast atLeast;
    private final String topic;

    ShownAlerts(TailFeeds feeds, IndexedLog indexed, AtLeast atLeast, ResultsConfig config) {
        this.feeds = feeds;
        this.indexed = indexed;
        this.atLeast = atLeast;
        this.topic = config.alertsTopic();
    }

    /** Reads the parameter {@code atLeast}; of its topics the one of alerts counts. */
    AtLeast.Wanted wanted(Parameters parameters) {
        return atLeast.of(parameters, topic);
    }

    /**
     * What a search shows that is begun now: everything that this process knows of, or less. Nothing while there is no log of alerts.
     *
     * <p>Fails with 504 when what is wanted is not shown in time.
     */
    Uni<Optional<AtLeast.Shown>> shown(AtLeast.Wanted wanted, Access access) {
        Uni<Void> reached = wanted.position()
                .map(position -> atLeast.ofThisLife(position, access)
                        .chain(() -> indexed.shows(position, wanted.left()))
                        .invoke(this::check)
                        .replaceWithVoid())
                .orElseGet(() -> Uni.createFrom().voidItem());
        return reached.chain(() -> feeds.tail()
                .position()
                .topic(topic)
                .map(now -> indexed.shows(now, LOOK).map(all -> Optional.of(shown(all, now))))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
    }

    private void check(boolean shows) {
        if (!shows) {
            throw AtLeast.notYet(
                    "Elasticsearch does not show the alerts so far yet.",
                    indexed.visible(topic).map(Position.Topic::toString).orElse(""));
        }
    }

    private AtLeast.Shown shown(boolean all, Position.Topic now) {
        return new AtLeast.Shown(
                all,
                all
                        ? now
                        : indexed.visible(topic)
                                .filter(known -> known.id().equals(now.id()))
                                .orElseGet(() ->
                                        new Position.Topic(now.name(), now.id(), new long[now.offsets().length])));
    }
}
