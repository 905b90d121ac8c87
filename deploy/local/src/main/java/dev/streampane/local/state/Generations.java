// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import dev.streampane.contract.JobRun;
import dev.streampane.local.log.CommittedLog;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/** The generations of the jobs, from the topic {@code job-runs}. */
public final class Generations {

    /** The topic that the jobs write. */
    public static final String TOPIC = "job-runs";

    private Generations() {}

    /** The first number that no run of {@code job} has used: 1 for a job that never ran. */
    public static int next(Map<String, Object> client, String job) {
        return latest(client, job).map(JobRun::generation).orElse(0) + 1;
    }

    /** The run of {@code job} with the highest generation. */
    public static Optional<JobRun> latest(Map<String, Object> client, String job) {
        return all(client).stream()
                .filter(run -> run.job().equals(job))
                .max(Comparator.comparingInt(JobRun::generation));
    }

    /** Every generation of every job, the newest record of each; in no particular order. */
    public static List<JobRun> all(Map<String, Object> client) {
        try (Admin admin = Admin.create(client);
                CommittedLog log = new CommittedLog(admin, client, TOPIC)) {
            Map<String, JobRun> runs = new HashMap<>();
            log.readToEnd(record -> {
                JobRun.read(CommittedLog.json(record))
                        .ifPresent(run -> runs.put(run.job() + "/" + run.generation(), run));
            });
            return List.copyOf(runs.values());
        }
    }

    /** The topics that an option of some runs names, in the order of their starts; {@code byDefault} is one of them, for runs may be gone. */
    public static Set<String> topics(Collection<JobRun> runs, String option, String byDefault) {
        List<String> named = runs.stream()
                .sorted(Comparator.comparingInt(JobRun::generation).thenComparing(JobRun::started))
                .flatMap(run -> run.everySetting(option, byDefault).stream())
                .toList();
        Set<String> topics = new LinkedHashSet<>(named.contains(byDefault) ? List.of() : List.of(byDefault));
        topics.addAll(named);
        return topics;
    }
}
