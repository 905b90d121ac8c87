// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Says why a result was not recomputed. This is the verdict, unless a difference was found. */
final class NotRecomputedException extends RuntimeException {

    private final String verdict;
    private final transient ObjectNode offsets;

    NotRecomputedException(String verdict, String summary) {
        this(verdict, summary, null);
    }

    private NotRecomputedException(String verdict, String summary, ObjectNode offsets) {
        super(summary, null, false, false);
        this.verdict = verdict;
        this.offsets = offsets;
    }

    /**
     * Offsets that would have to be read are no longer in the log.
     *
     * @param needed first offset that would have to be read
     * @param there first offset that is still there
     */
    static NotRecomputedException expired(TopicPartition partition, long needed, long there) {
        return new NotRecomputedException(
                "expired",
                "The inputs have expired: %s begins at offset %d, and offset %d would have to be read."
                        .formatted(partition, there, needed),
                place(partition).put("firstNeeded", needed).put("firstThere", there));
    }

    /** The result cannot be recomputed by the audit lines that there are. */
    static NotRecomputedException unaudited(String summary) {
        return new NotRecomputedException("unaudited", summary);
    }

    /** Audit lines are missing over offsets that the result names; {@code why} ends the sentence. */
    static NotRecomputedException unaudited(TopicPartition partition, long first, long last, String why) {
        return new NotRecomputedException(
                "unaudited",
                "No audit line covers offsets %d to %d of %s".formatted(first, last, partition) + why,
                place(partition).put("first", first).put("last", last));
    }

    private static ObjectNode place(TopicPartition partition) {
        return ResultJson.JSON
                .createObjectNode()
                .put("topic", partition.topic())
                .put("partition", partition.partition());
    }

    String verdict() {
        return verdict;
    }

    /** The offsets that are missing; empty if the reason is another one. */
    Optional<ObjectNode> offsets() {
        return Optional.ofNullable(offsets);
    }
}
