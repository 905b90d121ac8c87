// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.Adjustment;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.InvalidRequestException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An {@link Adjustment} that may also change the rate of the tags: {@code {"tags":{"rate":100}}}.
 *
 * @param tagRate rows per second over all tags
 */
record IotAdjustment(Adjustment common, Optional<Long> tagRate) {

    static final long MAX_TAG_RATE = 100_000;

    /**
     * @param current the faults in force; the request may change a part of them
     * @param tagged whether the tags are enabled
     * @throws InvalidRequestException if fields are unknown or not allowed; names all of them
     */
    static IotAdjustment read(JsonNode json, FaultSettings current, boolean tagged) {
        FieldReader fields = new FieldReader();
        Adjustment common =
                Adjustment.read(fields, json, tagged ? List.of("tags") : List.of(), "each device's period", current);
        Optional<Long> tagRate = tagRate(fields, json.path("tags"));
        fields.check();
        return new IotAdjustment(common, tagRate);
    }

    private static Optional<Long> tagRate(FieldReader fields, JsonNode tags) {
        if (tags.isMissingNode() || !fields.known("tags", tags, Set.of("rate"))) {
            return Optional.empty();
        }
        return fields.value(
                tags,
                "tags",
                "rate",
                "a whole number from 1 to " + MAX_TAG_RATE,
                node -> FieldReader.whole(node, 1, MAX_TAG_RATE));
    }
}
