// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the JSON that this project itself wrote to its topics. */
final class Json {

    private Json() {}

    static JsonNode read(byte[] json) {
        try {
            return Http.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
