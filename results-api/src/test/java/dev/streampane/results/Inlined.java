// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;

/** JSON with what its references refer to in their places. */
public final class Inlined {

    private Inlined() {}

    /**
     * A copy without references.
     *
     * @param meant what a reference refers to; everything else itself
     */
    public static JsonNode of(JsonNode json, UnaryOperator<JsonNode> meant) {
        JsonNode resolved = meant.apply(json);
        if (resolved != json) {
            return of(resolved, meant);
        }
        if (json instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(one -> copy.set(one.getKey(), of(one.getValue(), meant)));
            return copy;
        }
        if (json instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(one -> copy.add(of(one, meant)));
            return copy;
        }
        return json;
    }
}
