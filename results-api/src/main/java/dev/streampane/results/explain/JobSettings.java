// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.TopicLayout;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The settings of one generation of a job, from the topic in which it announced itself.
 *
 * @param run empty when the topic does not have the generation
 */
record JobSettings(Optional<JobRun> run) {

    /** Reads {@code topic} to its end; of several records the last one holds. */
    static JobSettings find(InputLog log, Budget budget, String topic, PublishedResult result) {
        byte[] key = JobRun.messageKey(result.job(), result.generation());
        TopicLayout layout = log.layout(topic);
        AtomicReference<Optional<JobRun>> found = new AtomicReference<>(Optional.empty());
        for (int partition = 0; partition < layout.partitions(); partition++) {
            log.forEach(
                    topic,
                    partition,
                    layout.beginnings()[partition],
                    layout.ends()[partition],
                    records -> budget.check(),
                    record -> {
                        if (Arrays.equals(record.key(), key)) {
                            found.set(JobRun.read(Comparison.json(record.value())));
                        }
                    });
        }
        return new JobSettings(found.get());
    }

    /** The options of the start that wrote the line; none where they are not known. */
    Map<String, String> at(AuditedRange line) {
        return run.map(known -> known.settingsAt(Instant.ofEpochMilli(line.appended())))
                .orElse(Map.of());
    }

    /** In which zones the windows of each start are, the latest last; none where it is not known. */
    List<String> zones() {
        return run.stream()
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
