// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.JobTransaction;
import dev.streampane.local.Transactions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A Flink cluster that {@code up} does not supervise. A job that does not run is submitted, on from the newest state of its generation, else
 * as a new one: the rule of {@link JobPlan}. What a job left open in Kafka is ended by its next start.
 */
public final class Cluster {

    private final FlinkRest flink;
    private final Path jobJar;

    /**
     * @param jobJar the pipeline's jar with all that it needs
     */
    public Cluster(FlinkRest flink, Path jobJar) {
        this.flink = flink;
        this.jobJar = jobJar;
    }

    /**
     * Submits the jobs that do not run, one after the other, and waits for each until all of its tasks run.
     *
     * @param says is told of each job what was done
     * @throws StackException when one must not start, or does not; those before it run
     */
    public void submit(List<String> jobs, JobSettings settings, BiConsumer<String, String> says) {
        submit(jobs, job -> JobPlan.of(job, settings), says);
    }

    void submit(
            List<String> jobs, Function<String, JobPlan> planner, BiConsumer<String, String> says) {
        List<SupervisedJob> all =
                jobs.stream().map(job -> new SupervisedJob(job, System.nanoTime())).toList();
        all.forEach(job -> job.plan = planner.apply(job.name));
        Submissions submissions = new Submissions(flink, new Unsupervised(jobJar), all);
        for (SupervisedJob job : all) {
            if (runs(job.name)) {
                says.accept(job.name, "runs already");
            } else {
                submissions.start(job);
                says.accept(job.name, job.plan.origin());
            }
        }
    }

    private boolean runs(String name) {
        try {
            return flink.jobs().stream()
                    .anyMatch(
                            job ->
                                    job.name().equals(name)
                                            && !job.state().matches("FAILED|CANCELED|FINISHED"));
        } catch (IOException e) {
            throw new StackException(
                    StackException.NOT_RUNNING, "Flink does not answer: " + e.getMessage(), e);
        }
    }

    /** Nobody is there to watch what becomes of the jobs. */
    private record Unsupervised(Path jobJar) implements Surroundings {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public boolean taskManagerLives() {
            return true;
        }

        @Override
        public List<JobTransaction> abortOrphans(String job, int generation, Duration age) {
            return List.of();
        }

        @Override
        public Transactions.Outcome endTransactions(String job, int generation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, Transactions.Outcome> abortOrphansOfAbsent(List<String> jobs) {
            return Map.of();
        }

        @Override
        public void supersedes(String job, int generation) {
            // nobody waits for the generation to pass its predecessors' windows
        }
    }
}
