// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.tail.NewestWindow;
import java.time.Instant;
import java.util.List;

/**
 * What a job's results in Elasticsearch say about it.
 *
 * @param generation the highest generation that has results
 * @param specs its window specifications
 * @param lastWindow the window that ends last
 */
record StoredJob(int generation, List<String> specs, NewestWindow lastWindow) {

    static StoredJob of(JsonNode bucket) {
        JsonNode last = bucket.at("/last/hits/hits/0/_source");
        return new StoredJob(
                bucket.at("/generation/value").asInt(),
                bucket.at("/specs/buckets").findValuesAsText("key"),
                new NewestWindow(
                        last.path("id").asText(),
                        last.path("key").asText(),
                        Instant.parse(last.at("/window/start").asText()),
                        Instant.parse(last.at("/window/end").asText()),
                        last.path("generation").asInt()));
    }
}
