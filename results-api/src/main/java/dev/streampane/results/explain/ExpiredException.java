// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;

/** Offsets that would have to be read are no longer in the log. */
final class ExpiredException extends RuntimeException {

    private final transient ObjectNode offsets;

    /**
     * @param needed first offset that would have to be read
     * @param there first offset that is still there
     */
    ExpiredException(String topic, int partition, long needed, long there) {
        super(
                "%s-%d begins at offset %d, and offset %d would have to be read"
                        .formatted(topic, partition, there, needed),
                null,
                false,
                false);
        offsets = ResultJson.JSON
                .createObjectNode()
                .put("topic", topic)
                .put("partition", partition)
                .put("firstNeeded", needed)
                .put("firstThere", there);
    }

    ObjectNode offsets() {
        return offsets;
    }
}
