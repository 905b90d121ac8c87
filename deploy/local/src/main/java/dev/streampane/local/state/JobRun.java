// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One generation of a job, as the job wrote it to {@code job-runs} when it started.
 *
 * @param job name of the job
 * @param generation number of this run; each start that does not continue from the job's newest
 *     state has its own
 * @param jobId Flink's id of the job, empty when the job did not know it
 * @param specs canonical window specifications
 * @param settings all effective options, as texts
 * @param started ISO-8601 instant, as written
 * @param jobVersion version of the job jar
 */
public record JobRun(
        String job,
        int generation,
        String jobId,
        List<String> specs,
        Map<String, String> settings,
        String started,
        String jobVersion) {

    public JobRun {
        specs = List.copyOf(specs);
        settings = Map.copyOf(settings);
    }

    /** Reads a record of {@code job-runs}; fields that this version does not know are passed over. */
    public static JobRun parse(JsonNode run) {
        List<String> specs = new ArrayList<>();
        run.path("specs").forEach(spec -> specs.add(spec.asText()));
        Map<String, String> settings = new HashMap<>();
        run.path("settings").properties().forEach(setting -> settings.put(setting.getKey(), text(setting.getValue())));
        return new JobRun(
                run.path("job").asText(),
                run.path("generation").asInt(),
                run.path("jobId").asText(""),
                specs,
                settings,
                run.path("started").asText(),
                run.path("jobVersion").asText());
    }

    private static String text(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** The value of one option, or {@code otherwise} where the run did not write it. */
    public String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }
}
