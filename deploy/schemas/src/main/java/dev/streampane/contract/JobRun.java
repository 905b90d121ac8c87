// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One generation of a job: its number, what it computes and with which settings. Contract {@code job-run/v1}.
 *
 * @param generation number of this run; each start that does not continue from the job's newest state has its own
 * @param jobId Flink's id of the run; empty where the message has none, as the version
 * @param specs canonical window specifications; empty for a job without windows
 * @param settings every effective option as text, secrets left out
 * @param jobVersion version of the job jar
 * @param latest the latest start that went on under this number; empty while there was only the first
 */
public record JobRun(
        String job,
        int generation,
        String jobId,
        List<String> specs,
        Map<String, String> settings,
        Instant started,
        String jobVersion,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Latest> latest) {

    /**
     * A further start.
     *
     * @param checkpoint number of the checkpoint or savepoint that it went on from, where that is known
     */
    public record Latest(
            String jobId,
            Instant started,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Long> checkpoint) {

        private static Latest read(JsonNode json) {
            return new Latest(
                    Fields.text(json, "jobId"),
                    Instant.parse(Fields.text(json, "started")),
                    json.has("checkpoint") ? Optional.of(Fields.number(json, "checkpoint")) : Optional.empty());
        }
    }

    /** A first start. */
    public JobRun(
            String job,
            int generation,
            String jobId,
            List<String> specs,
            Map<String, String> settings,
            Instant started,
            String jobVersion) {
        this(job, generation, jobId, specs, settings, started, jobVersion, Optional.empty());
    }

    /** Keeps copies. */
    public JobRun {
        specs = List.copyOf(specs);
        settings = Map.copyOf(settings);
    }

    /** The run in a message of the topic; nothing when it cannot be read. */
    public static Optional<JobRun> read(JsonNode json) {
        try {
            var settings = new TreeMap<String, String>();
            for (var setting : json.path("settings").properties()) {
                settings.put(setting.getKey(), Fields.text(json.path("settings"), setting.getKey()));
            }
            return Optional.of(new JobRun(
                    Fields.text(json, "job"),
                    Fields.small(json, "generation"),
                    Fields.optionalText(json, "jobId"),
                    Fields.optionalTexts(json, "specs"),
                    settings,
                    Instant.parse(Fields.text(json, "started")),
                    Fields.optionalText(json, "jobVersion"),
                    json.has("latest") ? Optional.of(Latest.read(json.path("latest"))) : Optional.empty()));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** The Kafka key of one generation: {@code job/generation}. */
    public static byte[] messageKey(String job, int generation) {
        return (job + '/' + generation).getBytes(StandardCharsets.UTF_8);
    }

    /** The Kafka value, settings in the order of their names. */
    public byte[] json() {
        return Json.of(this);
    }

    /** This run after a further start. */
    public JobRun startedAgain(Latest again) {
        return new JobRun(job, generation, jobId, specs, settings, started, jobVersion, Optional.of(again));
    }

    /** Flink's id of its latest start. */
    public String latestJobId() {
        return latest.map(Latest::jobId).orElse(jobId);
    }

    /** The value of an option, or {@code otherwise} where the run did not write it. */
    public String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }
}
