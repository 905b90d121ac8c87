// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.TreeMap;

/** The data of events that this service says itself. */
final class EventData {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private EventData() {}

    /** One line; the members by name. */
    static byte[] json(Map<String, Object> members) {
        try {
            return JSON.writeValueAsBytes(new TreeMap<>(members));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts, numbers and truths are always written", e);
        }
    }
}
