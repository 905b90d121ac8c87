// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.contract;

import java.util.LinkedHashMap;
import java.util.Map;

/** Collects Kafka headers in the order to write them. */
final class Headers {

    private final Map<String, String> headers = new LinkedHashMap<>();

    /** Adds the text of a value; nothing for null. */
    Headers with(String name, Object value) {
        if (value != null) {
            headers.put(name, value.toString());
        }
        return this;
    }

    Map<String, String> all() {
        return headers;
    }
}
