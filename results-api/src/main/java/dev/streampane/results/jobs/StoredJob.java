// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.tail.NewestWindow;
import java.time.Instant;
import java.util.List;

/**
 * What a job's results in Elasticsearch say about it.
 *
 * @param generation the highest generation that has results
 * @param specs its window specifications
 * @param lastWindow of those that are not retracted the one that ends last; null when there is none
 */
record StoredJob(int generation, List<String> specs, NewestWindow lastWindow) {

    static StoredJob of(JsonNode bucket) {
        JsonNode last = bucket.at("/held/last/hits/hits/0/_source");
        return new StoredJob(
                bucket.at("/generation/value").asInt(),
                bucket.at("/specs/buckets").findValuesAsText("key"),
                last.isMissingNode() ? null : window(last));
    }

    private static NewestWindow window(JsonNode result) {
        return new NewestWindow(
                result.path("id").asText(),
                result.path("key").asText(),
                Instant.parse(result.at("/window/start").asText()),
                Instant.parse(result.at("/window/end").asText()),
                result.path("generation").asInt());
    }
}
