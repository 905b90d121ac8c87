// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads the JSON that this project itself wrote to its topics. */
public final class Json {

    private Json() {}

    public static JsonNode read(byte[] json) {
        try {
            return Http.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
