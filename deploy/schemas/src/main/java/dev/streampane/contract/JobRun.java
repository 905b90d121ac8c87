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
 * One generation of a job: its number, what it computes and its settings. Contract {@code job-run/v1}.
 *
 * @param generation number of this run; a start that does not continue from the job's newest state gets a new number
 * @param jobId Flink's job id of the first start; empty if the message has none
 * @param specs canonical window specifications; empty for a job without windows
 * @param settings every effective option of the first start as text, without secrets
 * @param jobVersion version of the job jar at the first start; empty if the message has none
 * @param latest the latest start under this number; empty if the first start is the only one
 * @param changes later starts that changed the settings or the version, oldest first
 * @param aborted transactional ids of promised (pre-committed) transactions that are lost: those of other generations that this run
 *     aborted, and those of its own that a user gave up
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

    /** A change takes about 3 KB, and the topic accepts messages of up to 1 MB. */
    private static final int MAX_CHANGES = 100;

    /**
     * A later start of the same generation.
     *
     * @param checkpoint number of the checkpoint or savepoint that it was restored from, if known
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
     * A later start whose settings or version differ from those of the start before.
     *
     * @param settings every effective option as text, without secrets
     * @param jobVersion version of the job jar
     */
    public record Change(Instant started, Map<String, String> settings, String jobVersion) {

        /** Copies the collections. */
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

    /** A run at its first start. */
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

    /** Copies the collections. */
    public JobRun {
        specs = List.copyOf(specs);
        settings = Map.copyOf(settings);
        changes = List.copyOf(changes);
        aborted = List.copyOf(aborted);
    }

    /** Reads the run from a message of the topic; empty if the message cannot be read. */
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

    /** The Kafka value, with the settings as an object ordered by name. */
    public byte[] json() {
        return Json.of(this);
    }

    /** This run with {@code again} as its latest start, restored from {@code checkpoint}. Keeps the {@value #MAX_CHANGES} newest changes. */
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

    /** This run with more transactional ids in {@link #aborted}. */
    public JobRun withAborted(Collection<String> transactionalIds) {
        List<String> all = Stream.concat(aborted.stream(), transactionalIds.stream())
                .distinct()
                .toList();
        return new JobRun(job, generation, jobId, specs, settings, started, jobVersion, latest, changes, all);
    }

    /** Flink's job id of the latest start. */
    public String latestJobId() {
        return latest.map(Latest::jobId).orElse(jobId);
    }

    /** The value of an option at the first start; {@code otherwise} if the run did not record it. */
    public String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }

    /** The value of an option at the latest start; {@code otherwise} if that start did not record it. */
    public String latestSetting(String name, String otherwise) {
        return settingsAt(Instant.MAX).getOrDefault(name, otherwise);
    }

    /** The value of an option at the latest start; empty if it is {@code off} or was not recorded. */
    public Optional<String> latestUnlessOff(String name) {
        return Optional.of(latestSetting(name, OFF)).filter(value -> !value.equals(OFF));
    }

    /** The value of an option at the first start and at each change, oldest first; {@code otherwise} where it was not recorded. */
    public List<String> everySetting(String name, String otherwise) {
        return starts().map(start -> start.settings.getOrDefault(name, otherwise))
                .toList();
    }

    /** The settings of the latest start at or before {@code time}; those of the first start if there is none. */
    public Map<String, String> settingsAt(Instant time) {
        return at(time).settings;
    }

    /** Version of the job jar at the latest start. */
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
