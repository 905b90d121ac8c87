// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.ContractFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Window results for tests: the files of the contract, and variations of them. */
final class WindowResults {

    private static final Instant FIRST = Instant.parse("2026-11-20T06:00:00Z");
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    static final ContractFiles FILES = ContractFiles.of("window-result");
    private static final ObjectNode AVERAGE = example("weather-average");

    private WindowResults() {}

    static ObjectNode example(String name) {
        return read("examples/" + name + ".json");
    }

    static ObjectNode read(String file) {
        try {
            return (ObjectNode) Json.EXACT.readTree(FILES.bytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** The average of a device in the minute {@code minute} after 06:00, first revision of generation 1. */
    static ObjectNode average(String device, int minute) {
        Instant start = FIRST.plusSeconds(60L * minute);
        Instant end = start.plusSeconds(60);
        ObjectNode result = AVERAGE.deepCopy();
        result.put(
                "id",
                "weather-average~tumbling-1m~" + device + '~' + ID_TIME.format(start) + '~' + ID_TIME.format(end));
        result.put("key", device);
        ObjectNode window = (ObjectNode) result.get("window");
        window.put("start", start.toString());
        window.put("end", end.toString());
        return result;
    }

    static byte[] bytes(ObjectNode result) {
        return result.toString().getBytes(StandardCharsets.UTF_8);
    }
}
