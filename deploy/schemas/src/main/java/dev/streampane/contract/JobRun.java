// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One generation of a job: its number, what it computes and with which settings. Contract {@code job-run/v1}.
 *
 * @param generation number of this run; each start that does not continue from the job's newest state has its own
 * @param jobId Flink's id of the run; empty where the message has none, as the version
 * @param specs canonical window specifications; empty for a job without windows
 * @param settings every effective option of the first start as text, secrets left out
 * @param jobVersion version of the job jar at the first start
 * @param latest the latest start that went on under this number; empty while there was only the first
 * @param changes the starts that changed settings or version, the oldest first
 * @param aborted ids of transactions that were promised and are lost: those of other generations that it has aborted, and its own that a user has
 *     given up
 */
public record JobRun(
        String job,
        int generation,
        String jobId,
        List<String> specs,
        Map<String, String> settings,
        Instant started,
        String jobVersion,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Latest> latest,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Change> changes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> aborted) {

    private static final String OFF = "off";

    /** Some 3 KB each: a topic takes a message of 1 MB. */
    private static final int MAX_CHANGES = 100;

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

    /**
     * A further start with other settings, or another version, than the one before.
     *
     * @param settings every effective option as text, secrets left out
     * @param jobVersion version of the job jar
     */
    public record Change(Instant started, Map<String, String> settings, String jobVersion) {

        /** Keeps copies. */
        public Change {
            settings = Map.copyOf(settings);
        }

        private static Change read(JsonNode json) {
            return new Change(
                    Instant.parse(Fields.text(json, "started")),
                    readSettings(json),
                    Fields.optionalText(json, "jobVersion"));
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
        this(job, generation, jobId, specs, settings, started, jobVersion, Optional.empty(), List.of(), List.of());
    }

    /** Keeps copies. */
    public JobRun {
        specs = List.copyOf(specs);
        settings = Map.copyOf(settings);
        changes = List.copyOf(changes);
        aborted = List.copyOf(aborted);
    }

    /** The run in a message of the topic; nothing when it cannot be read. */
    public static Optional<JobRun> read(JsonNode json) {
        return Fields.find(() -> new JobRun(
                Fields.text(json, "job"),
                Fields.small(json, "generation"),
                Fields.optionalText(json, "jobId"),
                Fields.optionalTexts(json, "specs"),
                readSettings(json),
                Instant.parse(Fields.text(json, "started")),
                Fields.optionalText(json, "jobVersion"),
                json.has("latest") ? Optional.of(Latest.read(json.path("latest"))) : Optional.empty(),
                json.path("changes").valueStream().map(Change::read).toList(),
                Fields.optionalTexts(json, "aborted")));
    }

    private static Map<String, String> readSettings(JsonNode json) {
        var settings = new TreeMap<String, String>();
        for (var setting : json.path("settings").properties()) {
            settings.put(setting.getKey(), Fields.text(json.path("settings"), setting.getKey()));
        }
        return settings;
    }

    /** The Kafka key of one generation: {@code job/generation}. */
    public static byte[] messageKey(String job, int generation) {
        return (job + '/' + generation).getBytes(StandardCharsets.UTF_8);
    }

    /** The Kafka value, settings in the order of their names. */
    public byte[] json() {
        return Json.of(this);
    }

    /** This run after it was started once more, from {@code checkpoint}; of its changes it keeps the {@value #MAX_CHANGES} newest. */
    public JobRun startedAgain(JobRun again, Optional<Long> checkpoint) {
        var start = new Latest(again.jobId, again.started, checkpoint);
        Change before = at(Instant.MAX);
        boolean isSame = before.settings.equals(again.settings) && before.jobVersion.equals(again.jobVersion);
        List<Change> all = Stream.concat(changes.stream(), isSame ? Stream.empty() : Stream.of(again.first()))
                .toList();
        all = all.subList(Math.max(0, all.size() - MAX_CHANGES), all.size());
        return new JobRun(
                job, generation, jobId, specs, settings, started, jobVersion, Optional.of(start), all, aborted);
    }

    /** This run with further transactions that were aborted. */
    public JobRun withAborted(Collection<String> transactionalIds) {
        List<String> all = Stream.concat(aborted.stream(), transactionalIds.stream())
                .distinct()
                .toList();
        return new JobRun(job, generation, jobId, specs, settings, started, jobVersion, latest, changes, all);
    }

    /** Flink's id of its latest start. */
    public String latestJobId() {
        return latest.map(Latest::jobId).orElse(jobId);
    }

    /** The value of an option at its first start, or {@code otherwise} where the run did not write it. */
    public String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }

    /** The value of an option at its latest start, or {@code otherwise} where the run did not write it. */
    public String latestSetting(String name, String otherwise) {
        return settingsAt(Instant.MAX).getOrDefault(name, otherwise);
    }

    /** The value of an option at its latest start; empty where that is {@code off}, or where the run did not write it. */
    public Optional<String> latestUnlessOff(String name) {
        return Optional.of(latestSetting(name, OFF)).filter(value -> !value.equals(OFF));
    }

    /** The values that an option had, from the first start on; {@code otherwise} where the run did not write it. */
    public List<String> everySetting(String name, String otherwise) {
        return starts().map(start -> start.settings.getOrDefault(name, otherwise))
                .toList();
    }

    /** The settings of the start that was the latest at that time, or else of the first. */
    public Map<String, String> settingsAt(Instant time) {
        return at(time).settings;
    }

    /** Version of the job jar at its latest start. */
    public String latestVersion() {
        return at(Instant.MAX).jobVersion;
    }

    private Change at(Instant time) {
        return starts().filter(start -> !start.started.isAfter(time))
                .reduce((older, newer) -> newer)
                .orElseGet(this::first);
    }

    private Stream<Change> starts() {
        return Stream.concat(Stream.of(first()), changes.stream());
    }

    private Change first() {
        return new Change(started, settings, jobVersion);
    }
}
