// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicLayout;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a job, from the topic in which its generations announced themselves.
 *
 * @param generation the one that made the result
 * @param runs by generation, those that the topic has
 */
record JobSettings(int generation, Map<Integer, JobRun> runs) {

    /** Reads {@code topic} to its end; of several records the last one holds. */
    static JobSettings find(InputLog log, String topic, PublishedResult result) {
        TopicLayout layout = log.layout(topic);
        Map<Integer, JobRun> runs = new HashMap<>();
        for (int partition = 0; partition < layout.partitions(); partition++) {
            log.forEach(topic, partition, layout.beginnings()[partition], layout.ends()[partition], record -> {
                if (record.key() != null && AuditLine.isKeyOf(result.job(), record.key())) {
                    JobRun.read(RecordJson.read(record.value())).ifPresent(run -> runs.put(run.generation(), run));
                }
            });
        }
        return new JobSettings(result.generation(), runs);
    }

    /** Of the generation that made the result; empty when the topic does not have it. */
    Optional<JobRun> run() {
        return Optional.ofNullable(runs.get(generation));
    }

    /**
     * The options of the start that read the line's records; none where they are not known. Where a line was open at a stop, it is the
     * start that wrote the one before, and the first where there is none.
     */
    Map<String, String> at(AuditedRange line, AuditLines lines) {
        Optional<AuditedRange> written = line.restored() ? lines.before(line) : Optional.of(line);
        Instant at =
                written.map(AuditedRange::appended).map(Instant::ofEpochMilli).orElse(Instant.MIN);
        return Optional.ofNullable(runs.get(written.orElse(line).generation()))
                .map(run -> run.settingsAt(at))
                .orElse(Map.of());
    }

    /** In which zones the windows of each start are, the latest last; none where it is not known. */
    List<String> zones() {
        return run().stream()
                .flatMap(known -> known.everySetting("zone", "").stream())
                .flatMap(name -> zone(name).stream())
                .map(ZoneId::getId)
                .toList();
    }

    /** The zone of that name; nothing when there is none. */
    static Optional<ZoneId> zone(String name) {
        try {
            return name.isEmpty() ? Optional.empty() : Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
