// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import java.time.Duration;
import java.time.Instant;

/** A range that was read, and whether the log gives the counts, clock and horizon of its line; null when not all of it was read. */
record CheckedRange(AuditedRange line, Boolean agrees) {

    ObjectNode json() {
        return ResultJson.JSON
                .createObjectNode()
                .put("topic", line.topic())
                .put("partition", line.partition())
                .put("first", line.first())
                .put("last", line.last())
                .put("generation", line.generation())
                .put("restored", line.restored())
                .put("clockBefore", time(line.clockBefore()))
                .put("horizonBefore", time(line.horizonBefore()))
                .put("outOfOrderness", Duration.ofMillis(line.outOfOrderness()).toString())
                .put(
                        "allowedLateness",
                        Duration.ofMillis(line.allowedLateness()).toString())
                .put("skew", Duration.ofMillis(line.skew()).toString())
                .put("agrees", agrees);
    }

    private static String time(long millis) {
        return millis == AuditedRange.NONE ? null : Instant.ofEpochMilli(millis).toString();
    }
}
