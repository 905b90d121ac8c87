// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.contract.JobRun;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.Generations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A Flink cluster that {@code up} does not supervise. A job that does not run is submitted as {@link JobPlan} says: from the newest state
 * of its newest generation or, without any state, as a new generation. Transactions that a job has left open in Kafka are ended by its next
 * start.
 */
public final class Cluster {

    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(10);

    private final FlinkRest flink;
    private final Path jobJar;
    private final JobSettings settings;
    private final Supplier<List<JobRun>> runs;
    private final BiConsumer<String, String> says;
    private String uploaded = "";

    /**
     * @param jobJar the pipeline's jar, with its dependencies
     * @param says receives the name of each job and what was done with it
     */
    public Cluster(FlinkRest flink, Path jobJar, JobSettings settings, BiConsumer<String, String> says) {
        this(flink, jobJar, settings, () -> Generations.all(settings.kafka()), says);
    }

    Cluster(
            FlinkRest flink,
            Path jobJar,
            JobSettings settings,
            Supplier<List<JobRun>> runs,
            BiConsumer<String, String> says) {
        this.flink = flink;
        this.jobJar = jobJar;
        this.settings = settings;
        this.runs = runs;
        this.says = says;
    }

    /**
     * Submits the jobs that do not run, and then waits until all tasks of each of them run. A job that does not start does not keep the
     * others from starting.
     *
     * @throws StackException naming the jobs that do not start, with the reasons
     */
    public void submit(List<String> jobs) {
        List<SupervisedJob> all = jobs.stream()
                .map(job -> new SupervisedJob(job, System.nanoTime()))
                .toList();
        List<FlinkRest.Job> known = known();
        List<SupervisedJob> others = notRunning(all, known);
        List<JobRun> started = others.isEmpty() ? List.of() : runs.get();
        while (isOneAboutToRun(others, started, known)) {
            Submissions.pause();
            known = known();
            others = notRunning(others, known);
        }
        List<SupervisedJob> starting = others;
        all.stream().filter(job -> !starting.contains(job)).forEach(job -> says.accept(job.name, "runs already"));
        List<StackException> failures = new ArrayList<>();
        List<SupervisedJob> planned = through(
                starting,
                job -> {
                    job.plan = JobPlan.of(job.name, settings, started);
                    checkFolder(job.plan);
                },
                failures);
        Submissions submissions = new Submissions(flink, new Unsupervised(jobJar, known));
        if (!planned.isEmpty()) {
            uploaded = submissions.upload(uploaded);
            planned.forEach(job -> job.jar = uploaded);
        }
        List<SupervisedJob> submitted = through(planned, submissions::submit, failures);
        through(
                submitted,
                job -> {
                    submissions.awaitUp(job);
                    says.accept(job.name, job.plan.origin());
                },
                failures);
        if (!failures.isEmpty()) {
            throw new StackException(
                    failures.get(0).exitCode(),
                    failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
        }
    }

    /**
     * Returns a check of the jobs, to be run again and again. It submits the jobs that Flink does not know, for instance after a restart of
     * the JobManager. A job that a check has seen ended stays ended, even when Flink has forgotten it, as Flink does after an hour: a
     * person has ended it, or it has lost results. Each problem that the check before did not have is told, too.
     */
    public Runnable watch(List<String> jobs) {
        Set<String> told = new HashSet<>();
        Map<String, Boolean> over = new HashMap<>();
        return () -> {
            Set<String> problems = new LinkedHashSet<>();
            try {
                Map<String, Boolean> known = known().stream()
                        .collect(Collectors.toMap(FlinkRest.Job::name, FlinkRest.Job::isOver, Boolean::logicalAnd));
                over.values().removeIf(ended -> !ended);
                over.putAll(known);
                jobs.stream()
                        .filter(job -> over.getOrDefault(job, false))
                        .forEach(job -> problems.add(job + " has ended, and is left so: submit it without --watch"));
                submit(jobs.stream().filter(job -> !over.containsKey(job)).toList());
            } catch (RuntimeException e) { // for instance, the brokers cannot be reached
                problems.add(e.getMessage());
            }
            problems.stream()
                    .filter(problem -> !told.contains(problem))
                    .forEach(problem -> says.accept("problem", problem));
            told.retainAll(problems);
            told.addAll(problems);
        };
    }

    /** One step of the start of a job. */
    private interface Step {
        void take(SupervisedJob job) throws IOException;
    }

    /** Takes the step for each job; returns the jobs for which it succeeds, and adds the errors of the others to {@code failures}. */
    private static List<SupervisedJob> through(List<SupervisedJob> jobs, Step step, List<StackException> failures) {
        List<SupervisedJob> through = new ArrayList<>();
        for (SupervisedJob job : jobs) {
            try {
                step.take(job);
                through.add(job);
            } catch (IOException e) {
                failures.add(Failures.refused(job.name, e));
            } catch (StackException e) {
                failures.add(e);
            }
        }
        return through;
    }

    /**
     * Refuses a missing state folder when the job has run before: it has then made its folder, unless its first start failed, so the path
     * names another one.
     */
    private void checkFolder(JobPlan plan) {
        if (plan.before().isPresent()
                && !settings.newGenerations().contains(plan.job())
                && !Files.isDirectory(settings.stateFolder())) {
            throw StackException.notAllowed(
                    "--state: '%1$s' is not there, and %2$s has run: name the folder of its state, make it, or begin anew with --new-generation %2$s"
                            .formatted(settings.stateFolder(), plan.job()));
        }
    }

    /**
     * Whether a generation of one of the jobs has begun within 10 s and Flink does not show it. Flink shows a job later than
     * {@code job-runs} does, and may be about to run this one.
     */
    private boolean isOneAboutToRun(List<SupervisedJob> jobs, List<JobRun> started, List<FlinkRest.Job> known) {
        Instant now = Instant.now();
        return jobs.stream()
                .filter(job -> !settings.newGenerations().contains(job.name))
                .flatMap(job -> started.stream().filter(run -> run.job().equals(job.name)))
                .filter(run -> Duration.between(run.started(), now).abs().compareTo(SHOWN_WITHIN) < 0)
                .anyMatch(run -> known.stream().noneMatch(shown -> shown.id().equals(run.latestJobId())));
    }

    private static List<SupervisedJob> notRunning(List<SupervisedJob> jobs, List<FlinkRest.Job> known) {
        Set<String> running = known.stream()
                .filter(job -> !job.isOver())
                .map(FlinkRest.Job::name)
                .collect(Collectors.toSet());
        return jobs.stream().filter(job -> !running.contains(job.name)).toList();
    }

    private List<FlinkRest.Job> known() {
        try {
            return flink.jobs();
        } catch (IOException e) {
            throw StackException.notRunning("Flink does not answer: " + e.getMessage(), e);
        }
    }

    /** For jobs that nobody watches once they are submitted, and whose templates 'streampane prepare' has put. */
    private record Unsupervised(Path jobJar, List<FlinkRest.Job> known) implements Submitter {

        /**
         * The same id for the same plan, whoever submits it: Flink does not list a job whose main method still runs, but refuses a second
         * one with its id.
         */
        @Override
        public String jobId(JobPlan plan) {
            List<String> ended = known.stream()
                    .filter(job -> job.name().equals(plan.job()))
                    .map(FlinkRest.Job::id)
                    .sorted()
                    .toList();
            return UUID.nameUUIDFromBytes(
                            (plan.job() + plan.generation() + plan.state() + ended).getBytes(StandardCharsets.UTF_8))
                    .toString()
                    .replace("-", "");
        }
    }
}
