// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.function.Function;
import org.elasticsearch.client.Request;
import org.jboss.logging.Logger;

/** Views of Elasticsearch in which several searches find the same, whatever is written meanwhile: its points in time. */
@Singleton
public record SearchViews(SearchClient elasticsearch) {

    private static final Logger LOG = Logger.getLogger(SearchViews.class);

    /** From one search to the next, each of which may wait for its turn. */
    private static final String KEPT = "5m";

    /**
     * What {@code ask} makes of the indices behind an alias as they are now: its searches name the view that it is given as {@code pit}. To be
     * subscribed to once.
     */
    public <T> Uni<T> of(String alias, Function<ObjectNode, Uni<T>> ask) {
        Request open = new Request("POST", "/" + alias + "/_pit");
        open.addParameter("keep_alive", KEPT);
        // goes on when the caller goes meanwhile, so that it is closed then, too
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

    /** Nobody waits for that; a view that stays open ends by itself. */
    private void close(ObjectNode view) {
        Request close = new Request("DELETE", "/_pit");
        close.setJsonEntity(view.retain("id").toString());
        elasticsearch
                .perform(close)
                .subscribe()
                .with(closed -> {}, failure -> LOG.debugf("A view stays open: %s", failure));
    }
}
