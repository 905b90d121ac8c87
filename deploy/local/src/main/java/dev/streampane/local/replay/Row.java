// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/**
 * A result as it was read, numbers to their last digit.
 *
 * @param json contract {@code window-result/v1}
 */
record Row(JsonNode json) {

    private static final ObjectReader EXACT =
            Http.JSON.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /**
     * What two runs over the same log say alike. Not: revision, status and cause, which tell how often and by what a pane fired, completeness,
     * generation, watermark and version.
     */
    private static final List<String> COMPARED = List.of(
            "job",
            "spec",
            "key",
            "window",
            "values",
            "sums",
            "count",
            "late",
            "minEventTime",
            "maxEventTime",
            "inputs");

    static JsonNode json(byte[] value) {
        try {
            return EXACT.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String id() {
        return json.path("id").asText();
    }

    int generation() {
        return json.path("generation").asInt();
    }

    String job() {
        return json.path("job").asText();
    }

    boolean isOlderThan(Row other) {
        return generation() < other.generation()
                || generation() == other.generation()
                        && json.path("rev").asInt() < other.json.path("rev").asInt();
    }

    boolean isRetracted() {
        return json.path("status").asText().equals("RETRACTED");
    }

    String spec() {
        return json.path("spec").asText();
    }

    Instant end() {
        return Instant.parse(json.path("window").path("end").asText());
    }

    JsonNode inputs() {
        return json.path("inputs");
    }

    /** Whether both are about the same key of the same specification, and a moment lies in both windows. */
    boolean overlaps(Row other) {
        return spec().equals(other.spec())
                && json.path("key").equals(other.json.path("key"))
                && start().isBefore(other.end())
                && other.start().isBefore(end());
    }

    private Instant start() {
        return Instant.parse(json.path("window").path("start").asText());
    }

    /** Whether this may be what some of the other's records give: no more of them, and from nowhere else. */
    boolean isPartOf(Row other) {
        if (json.path("count").asLong() > other.json.path("count").asLong()) {
            return false;
        }
        for (JsonNode input : inputs()) {
            boolean known = false;
            for (JsonNode theirs : other.inputs()) {
                known |= covers(theirs, input);
            }
            if (!known) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(JsonNode wide, JsonNode narrow) {
        return wide.path("topic").equals(narrow.path("topic"))
                && (!wide.path("partition").isInt()
                        || wide.path("partition").equals(narrow.path("partition"))
                                && wide.path("first").asLong()
                                        <= narrow.path("first").asLong()
                                && wide.path("last").asLong()
                                        >= narrow.path("last").asLong());
    }

    /** The fields in which the other, about the same pane, is not the same. */
    List<ReplayReport.Difference> differences(Row recomputed) {
        return COMPARED.stream()
                .filter(field -> !json.path(field).equals(recomputed.json.path(field)))
                .map(field -> new ReplayReport.Difference(
                        id(),
                        field,
                        json.path(field).toString(),
                        recomputed.json.path(field).toString()))
                .toList();
    }
}
