// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a result says about itself, as far as it is needed to compute it again.
 *
 * @param start start of the window, ms since the epoch
 * @param end end of the window
 * @param inputs where its records lay
 */
record Result(
        String job,
        String spec,
        String key,
        int generation,
        String status,
        long start,
        long end,
        String zone,
        List<Input> inputs,
        JsonNode json) {

    /**
     * Records that a result counted.
     *
     * @param partition -1 when only the topic is named
     * @param first smallest offset
     * @param last largest offset
     */
    record Input(String topic, int partition, long first, long last) {
        boolean isWholeTopic() {
            return partition < 0;
        }

        boolean holds(int ofPartition, long offset) {
            return partition == ofPartition && first <= offset && offset <= last;
        }
    }

    /** The result in {@code json}, or nothing when it is not as contract window-result/v1 says. */
    static Optional<Result> of(JsonNode json) {
        try {
            List<Input> inputs = new ArrayList<>();
            for (JsonNode input : json.path("inputs")) {
                inputs.add(input(input));
            }
            return Optional.of(new Result(
                    text(json, "job"),
                    text(json, "spec"),
                    text(json, "key"),
                    (int) whole(json, "generation"),
                    text(json, "status"),
                    Instant.parse(text(json.path("window"), "start")).toEpochMilli(),
                    Instant.parse(text(json.path("window"), "end")).toEpochMilli(),
                    json.path("window").path("zone").asText(""),
                    List.copyOf(inputs),
                    json));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Input input(JsonNode input) {
        String topic = text(input, "topic");
        if (!input.has("partition")) {
            return new Input(topic, -1, 0, Long.MAX_VALUE);
        }
        Input found = new Input(
                topic, Math.toIntExact(whole(input, "partition")), whole(input, "first"), whole(input, "last"));
        if (found.partition < 0 || found.first < 0 || found.last < found.first) {
            throw new IllegalArgumentException("inputs");
        }
        return found;
    }

    private static String text(JsonNode json, String field) {
        if (!json.path(field).isTextual()) {
            throw new IllegalArgumentException(field);
        }
        return json.path(field).textValue();
    }

    private static long whole(JsonNode json, String field) {
        if (!json.path(field).isIntegralNumber() || !json.path(field).canConvertToLong()) {
            throw new IllegalArgumentException(field);
        }
        return json.path(field).longValue();
    }

    /** Whether it takes back what was said before, and holds nothing. */
    boolean isRetracted() {
        return status.equals("RETRACTED");
    }

    /** The topics that its records lay in. */
    List<String> topics() {
        return inputs.stream().map(Input::topic).distinct().toList();
    }

    /** Whether it says no more of its inputs than their topics. */
    boolean namesTopicsOnly() {
        return inputs.stream().anyMatch(Input::isWholeTopic);
    }
}
