// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.log.TopicLayout;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
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

    /** In which zone times without one are read; nothing when it is not known. */
    Optional<ZoneId> zone() {
        return zone(text("zone", ""));
    }

    /** The zone of that name; nothing when there is none. */
    static Optional<ZoneId> zone(String name) {
        try {
            return name.isEmpty() ? Optional.empty() : Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** An option's text. */
    String text(String name, String otherwise) {
        return run.map(known -> known.setting(name, otherwise)).orElse(otherwise);
    }
}
