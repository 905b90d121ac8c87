// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.RecordJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The settings of a job, from the topic to which its generations write them.
 *
 * @param generation the generation that made the result
 * @param runs the runs that the topic has, by generation
 */
record JobSettings(int generation, Map<Integer, JobRun> runs) {

    /** Reads {@code topic} to its end; the last record of a generation counts. */
    static JobSettings find(InputLog log, String topic, PublishedResult result) {
        Map<Integer, JobRun> runs = new HashMap<>();
        for (TopicPartition partition : log.layout(topic).topicPartitions()) {
            log.forEach(partition, log.beginning(partition), log.end(partition), record -> {
                if (record.key() != null && AuditLine.isKeyOf(result.job(), record.key())) {
                    JobRun.read(RecordJson.read(record.value())).ifPresent(run -> runs.put(run.generation(), run));
                }
            });
        }
        return new JobSettings(result.generation(), runs);
    }

    /** The run of the generation that made the result; empty if the topic does not have it. */
    Optional<JobRun> run() {
        return Optional.ofNullable(runs.get(generation));
    }

    /**
     * The options of the start that read the line's records; empty if they are not known. The records of a line that was open at a stop were
     * read by the start that wrote the line before it, or by the first start if there is no such line.
     */
    Map<String, String> at(AuditedRange line, AuditLines lines) {
        Optional<AuditedRange> written = line.restored() ? lines.before(line) : Optional.of(line);
        Instant at =
                written.map(AuditedRange::appended).map(Instant::ofEpochMilli).orElse(Instant.MIN);
        return Optional.ofNullable(runs.get(written.orElse(line).generation()))
                .map(run -> run.settingsAt(at))
                .orElse(Map.of());
    }

    /** The zones of the windows of the generation's starts, the latest last; empty if they are not known. */
    List<String> zones() {
        return run().stream()
                .flatMap(known -> known.everySetting("zone", "").stream())
                .flatMap(name -> zone(name).stream())
                .map(ZoneId::getId)
                .toList();
    }

    /** The zone with this name; empty if there is none. */
    static Optional<ZoneId> zone(String name) {
        try {
            return Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
