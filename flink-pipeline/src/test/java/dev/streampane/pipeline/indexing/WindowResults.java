// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/** Window results for tests: the files of the contract, and variations of them. */
final class WindowResults {

    private static final Instant FIRST = Instant.parse("2026-11-20T06:00:00Z");
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final ObjectNode AVERAGE = example("weather-average");

    private WindowResults() {}

    /** The contract's files in {@code examples}, {@code rejected} or {@code future}. */
    static List<Path> files(String folder) {
        Path all = Checkout.root().resolve("deploy/schemas/window-result/v1").resolve(folder);
        try (Stream<Path> files = Files.list(all)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode example(String name) {
        return read(files("examples").stream()
                .filter(file -> file.endsWith(name + ".json"))
                .findFirst()
                .orElseThrow());
    }

    static ObjectNode read(Path file) {
        try {
            return (ObjectNode) Json.EXACT.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
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
