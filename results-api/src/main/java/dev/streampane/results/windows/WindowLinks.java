// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Links to more about a window; paths of this service.
 *
 * @param self its newest revision
 * @param history every revision of it
 * @param explain the explanation: whether it follows from its inputs
 */
record WindowLinks(String self, String history, String explain) {

    /** The names of the links, in their order. */
    static final List<String> NAMES = List.of("self", "history", "explain");

    static WindowLinks of(String id) {
        String self = "/api/v1/windows/" + (unreserved(id) ? id : encoded(id));
        return new WindowLinks(self, self + "/history", self + "/explain");
    }

    /** Whether an id needs no encoding in a URL (RFC 3986 section 2.3), which is so for most ids. */
    private static boolean unreserved(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c > 'z' && c != '~' || !Character.isLetterOrDigit(c) && "-._~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20").replace("%7E", "~");
    }

    ObjectNode json() {
        return ResultJson.JSON
                .createObjectNode()
                .put("self", self)
                .put("history", history)
                .put("explain", explain);
    }
}
