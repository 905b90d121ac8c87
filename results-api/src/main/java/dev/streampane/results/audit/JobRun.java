// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One generation of a job, as it announced itself (schema job-run/v1).
 *
 * @param job the job's name
 * @param generation number of the generation
 * @param specs window specifications; empty for a job without windows
 * @param inputTopic topic that it reads; null when it does not say
 * @param jobVersion version of the jar
 * @param started when it was started
 */
public record JobRun(
        String job, int generation, List<String> specs, String inputTopic, String jobVersion, Instant started) {

    static Optional<JobRun> of(JsonNode json) {
        if (!json.path("job").isTextual() || !json.path("generation").isInt()) {
            return Optional.empty();
        }
        List<String> specs = new ArrayList<>();
        json.path("specs").forEach(spec -> specs.add(spec.asText()));
        try {
            return Optional.of(new JobRun(
                    json.path("job").asText(),
                    json.path("generation").asInt(),
                    List.copyOf(specs),
                    json.path("settings").path("input-topic").asText(null),
                    json.path("jobVersion").asText(null),
                    instant(json.path("started"))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The instant in {@code json}, or null when there is none. */
    static Instant instant(JsonNode json) {
        return json.isTextual() ? Instant.parse(json.asText()) : null;
    }
}
