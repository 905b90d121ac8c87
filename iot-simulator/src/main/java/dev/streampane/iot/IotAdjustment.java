// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.Adjustment;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.InvalidRequestException;
import java.util.List;
import java.util.Optional;

/**
 * An {@link Adjustment} that may also change the rate of the tags: {@code {"tags":{"rate":100}}}.
 *
 * @param tagRate rows per second over all tags
 */
record IotAdjustment(Adjustment common, Optional<Long> tagRate) {

    /**
     * @param current the faults in force; the request may change a part of them
     * @param tagged whether the tags are enabled
     * @throws InvalidRequestException if fields are unknown or not allowed; names all of them
     */
    static IotAdjustment read(JsonNode json, FaultSettings current, boolean tagged) {
        FieldReader fields = new FieldReader(IotConfig.class, json);
        Adjustment common = Adjustment.read(fields, tagged ? List.of("tags") : List.of(), current);
        Optional<Long> tagRate = fields.group("tags", "rate").flatMap(tags -> tags.value("rate", FieldReader::whole));
        fields.check();
        return new IotAdjustment(common, tagRate);
    }
}
