// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * One page.
 *
 * @param items results or alerts, as in their contract
 * @param next where the next page begins; nothing on the last one
 */
record Page(List<JsonNode> items, Optional<String> next) {

    /**
     * The page of an answer that was asked for one row more.
     *
     * @param fingerprint of the query that {@code next} belongs to
     * @param item makes an item of a hit's source
     */
    static Page of(JsonNode answer, int limit, String fingerprint, UnaryOperator<JsonNode> item) {
        JsonNode hits = answer.at("/hits/hits");
        List<JsonNode> items = new ArrayList<>();
        for (int i = 0; i < Math.min(hits.size(), limit); i++) {
            items.add(item.apply(hits.get(i).get("_source")));
        }
        Optional<String> next = hits.size() > limit
                ? Optional.of(PageCursor.encode(fingerprint, hits.get(limit - 1).get("sort")))
                : Optional.empty();
        return new Page(items, next);
    }

    /** The answer to a request; {@code shown}: what it holds, nothing where there is no log. */
    RestResponse<String> answer(RoutingContext context, Optional<AtLeast.Shown> shown) {
        return new ResultPage(
                        items,
                        next,
                        shown.filter(held -> !held.complete()).map(held -> "store-behind"),
                        shown.map(AtLeast.Shown::position))
                .answer(context);
    }
}
