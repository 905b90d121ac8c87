// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.contract.JobRun;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest generation of each job, from the topic in which jobs announce their runs. */
@Singleton
public class JobRuns {

    private static final int MAX_JOBS = 1_000;

    private final Map<String, JobRun> newest = new ConcurrentHashMap<>();
    private final CommittedTopic topic;

    JobRuns(KafkaAccess kafka, ResultsConfig config) {
        this.topic = new CommittedTopic(kafka, config.jobRunsTopic(), newest::clear, json -> JobRun.read(json)
                .ifPresent(this::add));
    }

    void start(@Observes StartupEvent event) {
        topic.follow();
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        topic.close();
    }

    /** Newest generation by job name. */
    public Map<String, JobRun> newest() {
        return Map.copyOf(newest);
    }

    /** Newest generation of a job. */
    public Optional<JobRun> newest(String job) {
        return Optional.ofNullable(newest.get(job));
    }

    /** The input topic that a job with windows announced; empty for a job without windows. */
    static Optional<String> inputTopic(JobRun run) {
        return Optional.ofNullable(run.settings().get("input-topic"))
                .filter(topic -> !run.specs().isEmpty());
    }

    /** Whether all runs that the topic had at the start are known. */
    public boolean loaded() {
        return topic.loaded();
    }

    /** Whether the reading thread is alive and not stuck. */
    public boolean alive() {
        return topic.alive();
    }

    private void add(JobRun run) {
        if (newest.size() < MAX_JOBS || newest.containsKey(run.job())) {
            newest.merge(run.job(), run, (known, next) -> next.generation() < known.generation() ? known : next);
        }
    }
}
