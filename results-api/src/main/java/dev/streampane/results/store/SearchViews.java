// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.function.Function;
import org.elasticsearch.client.Request;
import org.jboss.logging.Logger;

/** Points in time of Elasticsearch: several searches in one of them see the same documents, whatever is indexed meanwhile. */
@Singleton
public record SearchViews(SearchClient elasticsearch) {

    private static final Logger LOG = Logger.getLogger(SearchViews.class);

    /** Lifetime between two searches, each of which may have to wait for its turn. */
    private static final String KEPT = "5m";

    /**
     * Opens a point in time of the indices behind an alias, passes it to {@code ask} and closes it. Searches of {@code ask} set the given
     * object as {@code pit}. Subscribe to the result only once.
     */
    public <T> Uni<T> of(String alias, Function<ObjectNode, Uni<T>> ask) {
        Request open = new Request("POST", "/" + alias + "/_pit");
        open.addParameter("keep_alive", KEPT);
        // continues after the caller has cancelled, so that the point in time is closed then, too
        Uni<ObjectNode> opened = elasticsearch
                .perform(open)
                .onFailure(SearchClient::isMissing)
                .transform(missing -> elasticsearch.away())
                .map(answer -> {
                    ObjectNode view = ResultJson.JSON.createObjectNode().put("keep_alive", KEPT);
                    return view.<ObjectNode>set("id", answer.get("id"));
                })
                .memoize()
                .indefinitely();
        return opened.chain(ask::apply).onTermination().invoke(() -> opened.subscribe()
                .with(this::close, failure -> {}));
    }

    /** Closes it without waiting; one that stays open expires by itself. */
    private void close(ObjectNode view) {
        Request close = new Request("DELETE", "/_pit");
        close.setJsonEntity(view.retain("id").toString());
        elasticsearch
                .perform(close)
                .subscribe()
                .with(closed -> {}, failure -> LOG.debugf("A point in time stays open: %s", failure));
    }
}
