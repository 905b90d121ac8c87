// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import java.util.List;

/** Results and alerts as they come out of Elasticsearch: the contract's fields, digit by digit, without what only the index needs. */
public final class ResultJson {

    /** Keeps decimals as they are written. */
    public static final JsonMapper JSON = Json.EXACT;

    /** The fields of schema window-result/v1, in its order. */
    public static final List<String> FIELDS = List.of(
            "id",
            "job",
            "spec",
            "key",
            "window",
            "generation",
            "rev",
            "status",
            "cause",
            "complete",
            "mergedInto",
            "values",
            "sums",
            "count",
            "late",
            "minEventTime",
            "maxEventTime",
            "watermark",
            "inputs",
            "jobVersion");

    /** The fields of schema alert/v1, in its order. */
    static final List<String> ALERT_FIELDS = List.of(
            "id",
            "job",
            "generation",
            "pattern",
            "client",
            "score",
            "reason",
            "start",
            "end",
            "transactions",
            "watermark",
            "jobVersion");

    private ResultJson() {}

    /** What was read as JSON before. */
    public static JsonNode read(byte[] json) {
        return Json.read(json);
    }

    /** The alert in a hit's source. */
    public static JsonNode alert(JsonNode source) {
        return of(source, ALERT_FIELDS);
    }

    /** The result in a hit's source. */
    public static JsonNode of(JsonNode source) {
        return of(source, FIELDS);
    }

    private static JsonNode of(JsonNode source, List<String> fields) {
        ObjectNode result = JSON.createObjectNode();
        for (String field : fields) {
            JsonNode value = source.get(field);
            if (value != null) {
                result.set(field, value);
            }
        }
        return result;
    }
}
