// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import dev.streampane.results.tail.TailEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Turns hits of searches into entries like those of the tail. */
public final class StoredEntry {

    private StoredEntry() {}

    /** The revision of a window in a hit's source. */
    public static TailEntry window(JsonNode source) {
        Version version = Version.of(source);
        return of(TailEntry.Kind.WINDOW, source, source.path("key"), version, source.path("window"));
    }

    /** The alert of one generation in a hit's source. */
    public static TailEntry alert(JsonNode source) {
        Version version = new Version(true, source.path("generation").asLong(), 1);
        return of(TailEntry.Kind.ALERT, source, source.path("client"), version, source);
    }

    /**
     * @param times has {@code start} and {@code end}; without an end, the end is the start
     */
    private static TailEntry of(TailEntry.Kind kind, JsonNode source, JsonNode key, Version version, JsonNode times) {
        JsonNode log = source.path("log");
        Instant start = ResultJson.time(times.path("start"));
        return new TailEntry(
                -1,
                kind,
                "",
                log.path("partition").asInt(),
                log.path("offset").asLong(),
                log.path("appended").asLong(TailEntry.UNKNOWN),
                source.path("job").asText(),
                source.path("spec").asText(),
                times.path("kind").asText(),
                key.asText(),
                source.path("id").asText(),
                source.path("generation").asInt(),
                version.number(),
                source.path("status").asText(),
                start,
                times.hasNonNull("end") ? ResultJson.time(times.path("end")) : start,
                ResultJson.of(kind, source).toString().getBytes(StandardCharsets.UTF_8));
    }
}
