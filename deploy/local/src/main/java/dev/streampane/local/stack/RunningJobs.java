// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.Checkout;
import dev.streampane.local.Http;
import dev.streampane.local.JobTransaction;
import dev.streampane.local.NewestState;
import dev.streampane.local.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stack's jobs on its Flink cluster: submits them, and submits them again when the JobManager has forgotten them or
 * one has failed, always from the newest completed state of its generation. A job that failed with a known loss is
 * explained instead. Different jobs may be started by several threads; all else is for one at a time.
 */
final class RunningJobs {

    private static final String MAIN = "dev.streampane.pipeline.job.JobCatalog";

    /** The job that needs Elasticsearch's templates. */
    static final String INDEX = "index-results";

    private static final String KNOWN_LOSS = "LostTransactionException";
    private static final Pattern FOREIGN_OPTION = Pattern.compile("--(\\S+) is no option of ");
    private static final Duration ORPHANS_AFTER = Duration.ofSeconds(30);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    private static final class Running {
        final String name;
        volatile JobPlan plan;
        volatile String id = "";
        boolean givenUp;
        int failures;
        long submitAt;
        volatile long lastRan;
        CompletableFuture<Void> aborting = CompletableFuture.completedFuture(null);

        Running(String name, long now) {
            this.name = name;
            this.submitAt = now;
            this.lastRan = now;
        }
    }

    /** What Flink does not say; a test puts something else in its place. */
    interface Surroundings {

        /** Finds the pipeline's jar, when it is to be uploaded. */
        Path jobJar();

        /** The clock of {@link System#nanoTime}. */
        long nanoTime();

        /** Whether the TaskManager's process lives, so that tasks may run though nobody says so. */
        boolean taskManagerLives();

        /** Aborts the transactions of a job that are older than {@code age} and that no completed checkpoint holds. */
        List<JobTransaction> abortOrphans(String job, int generation, Duration age);

        /** Aborts the transactions of jobs of which no task runs that no completed checkpoint holds; by job. */
        Map<String, Transactions.Outcome> abortOrphansOfAbsent(List<String> jobs);
    }

    private final StackSettings settings;
    private final FlinkRest flink;
    private final Surroundings surroundings;
    private final Screen screen;
    private final Map<String, Running> jobs = new LinkedHashMap<>();
    private String jar = "";

    RunningJobs(StackSettings settings, FlinkRest flink, Surroundings surroundings, Screen screen) {
        this.settings = settings;
        this.flink = flink;
        this.surroundings = surroundings;
        this.screen = screen;
        settings.jobs().forEach(job -> jobs.put(job, new Running(job, surroundings.nanoTime())));
    }

    /** The pipeline's jar, from its module's build. */
    static Path jobJar() {
        Path folder = Checkout.root().resolve("flink-pipeline/target");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith("-job.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no job jar"));
        } catch (IOException e) {
            throw new StackException(
                    StackException.START_FAILED,
                    "no job jar in " + folder + ": build first with 'mvn -q -DskipTests package'",
                    e);
        }
    }

    /** Uploads the jar to a JobManager that does not have it yet. */
    void upload() {
        try {
            jar = flink.upload(surroundings.jobJar());
        } catch (IOException e) {
            throw new StackException(
                    StackException.START_FAILED,
                    "Flink does not take the job jar: " + e.getMessage(),
                    e);
        }
    }

    /** Decides where each job starts from: {@link JobPlan#of} in a stack. */
    void plan(Function<String, JobPlan> planner) {
        jobs.values().forEach(job -> job.plan = planner.apply(job.name));
    }

    /** What {@link #plan} decided for a job, for people. */
    String origin(String job) {
        return jobs.get(job).plan.origin();
    }

    /** Submits a planned job and waits until all of its tasks run. */
    void start(String name) {
        Running job = jobs.get(name);
        try {
            submit(job);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!overview(job).map(FlinkRest.Job::isUp).orElse(false)) {
                FlinkRest.Job seen = overview(job).orElse(null);
                if (seen != null && seen.state().equals("FAILED")) {
                    Optional<String> end = flink.endOf(job.id);
                    if (end.isPresent()) {
                        throw new StackException(
                                StackException.START_FAILED,
                                name + " has failed: " + reason(job, end.get()));
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new StackException(
                            StackException.START_FAILED,
                            name + " does not run after 60 s: " + firstLine(flink.failure(job.id)));
                }
                pause();
            }
        } catch (IOException e) {
            throw refused(name, e);
        }
    }

    private Optional<FlinkRest.Job> overview(Running job) throws IOException {
        return flink.jobs().stream().filter(seen -> seen.id().equals(job.id)).findFirst();
    }

    private void submit(Running job) throws IOException {
        while (true) {
            try {
                job.id =
                        flink.run(
                                jar,
                                MAIN,
                                job.plan.arguments(),
                                job.plan.state().map(NewestState.State::path));
                job.lastRan = surroundings.nanoTime();
                return;
            } catch (Http.StatusException e) {
                job.plan = withoutForeignOption(job.plan, e);
            }
        }
    }

    /** An option for every job is one for those that have it. */
    private JobPlan withoutForeignOption(JobPlan plan, Http.StatusException answer)
            throws Http.StatusException {
        Optional<JobPlan> without =
                optionProblem(answer.getMessage())
                        .map(FOREIGN_OPTION::matcher)
                        .filter(Matcher::lookingAt)
                        .flatMap(option -> plan.without(option.group(1)));
        boolean everybodys =
                without.isPresent()
                        && jobs.values().stream()
                                .filter(other -> !other.name.equals(plan.job()))
                                .allMatch(
                                        other ->
                                                other.plan
                                                        .foreign()
                                                        .containsAll(without.get().foreign()));
        if (without.isEmpty() || everybodys) {
            throw answer;
        }
        return without.get();
    }

    /** The JobManager is a new one: it knows neither the jar nor the jobs. */
    void forget() {
        jar = "";
        jobs.values().forEach(job -> job.id = "");
    }

    /** Submits what is to run and does not, and ends what nobody will commit any more. */
    void watch() {
        try {
            List<FlinkRest.Job> seen = flink.jobs();
            jobs.values().forEach(job -> noteRunning(job, seen));
            if (flink.slots() > 0) {
                for (Running job : jobs.values()) {
                    watch(
                            job,
                            seen.stream()
                                    .filter(one -> one.id().equals(job.id))
                                    .findFirst()
                                    .orElse(null));
                }
            }
        } catch (IOException noAnswer) {
            if (surroundings.taskManagerLives()) {
                jobs.values().forEach(job -> job.lastRan = surroundings.nanoTime());
            }
        }
        jobs.values().forEach(this::abortOrphansOfLongIdle);
    }

    /** By name: a submission whose answer was lost runs under an id that nobody knows here. */
    private void noteRunning(Running job, List<FlinkRest.Job> seen) {
        if (seen.stream().anyMatch(one -> one.name().equals(job.name) && one.runningTasks() > 0)) {
            job.lastRan = surroundings.nanoTime();
        }
    }

    private void watch(Running job, FlinkRest.Job seen) throws IOException {
        if (seen != null && seen.isUp()) {
            job.failures = 0;
        }
        if (job.givenUp) {
            return;
        }
        if (job.id.isEmpty()) {
            if (surroundings.nanoTime() - job.submitAt >= 0 && job.aborting.isDone()) {
                resubmit(job);
            }
        } else if (seen != null && seen.state().equals("FAILED")) {
            failed(job);
        } else if (seen != null && seen.state().matches("CANCELED|FINISHED")) {
            job.givenUp = true;
            screen.say(
                    "job-ended",
                    job.name,
                    "was ended from outside (" + seen.state() + "); the next 'up' starts it again");
        }
    }

    private void resubmit(Running job) {
        try {
            if (jar.isEmpty()) {
                upload();
            }
            job.plan = JobPlan.again(job.plan);
            submit(job);
            screen.say("resubmit", job.name, "submitted again, " + job.plan.origin());
        } catch (IOException | RuntimeException e) {
            retryLater(job, "cannot be submitted: " + firstLine(e.getMessage()));
        }
    }

    private void failed(Running job) throws IOException {
        Optional<String> end = flink.endOf(job.id);
        if (end.isEmpty()) {
            return;
        }
        if (end.get().contains(KNOWN_LOSS)) {
            job.givenUp = true;
            screen.say("job-lost", job.name, "has failed for ever: " + reason(job, end.get()));
        } else {
            job.id = "";
            retryLater(job, "has failed: " + reason(job, end.get()));
        }
    }

    private static String reason(Running job, String trace) {
        return trace.contains(KNOWN_LOSS)
                ? lineWith(trace, KNOWN_LOSS)
                        + " In this stack: 'streampane down', then 'streampane up --new-generation "
                        + job.name
                        + "'."
                : firstLine(trace);
    }

    private void retryLater(Running job, String why) {
        Duration delay = Duration.ofSeconds(1L << Math.min(5, job.failures++));
        delay = delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
        job.submitAt = surroundings.nanoTime() + delay.toNanos();
        screen.say("job-failed", job.name, why + "; tried again in " + delay.toSeconds() + " s");
    }

    /**
     * After 30 s without any running task: open transactions above the newest state hold back every reader in vain. The
     * job is not submitted again before it is known how this ended, as it will use the same transactional ids.
     */
    private void abortOrphansOfLongIdle(Running job) {
        if (job.plan == null
                || !job.aborting.isDone()
                || surroundings.nanoTime() - job.lastRan < ORPHANS_AFTER.toNanos()) {
            return;
        }
        job.lastRan = surroundings.nanoTime();
        int generation = job.plan.generation();
        job.aborting = CompletableFuture.runAsync(() -> abortOrphans(job.name, generation));
    }

    private void abortOrphans(String job, int generation) {
        try {
            var aborted = surroundings.abortOrphans(job, generation, ORPHANS_AFTER);
            if (!aborted.isEmpty()) {
                screen.say(
                        "orphans-aborted",
                        job,
                        "no task ran for 30 s, so its %d open transactions that no checkpoint holds were aborted"
                                .formatted(aborted.size()));
            }
        } catch (RuntimeException e) {
            screen.say(
                    "orphans-left",
                    job,
                    "its open transactions could not be aborted and hold readers back, tried again"
                            + " in 30 s: "
                            + firstLine(e.getMessage()));
        }
    }

    /**
     * Aborts the orphans of jobs that are not to run here, as nobody else will, and says what only those jobs may end.
     */
    void endOrphansOfOthers() {
        List<String> others =
                StackSettings.JOBS.stream().filter(job -> !jobs.containsKey(job)).toList();
        if (others.isEmpty()) {
            return;
        }
        try {
            Map<String, Transactions.Outcome> outcomes = surroundings.abortOrphansOfAbsent(others);
            outcomes.forEach(this::sayWhatIsLeft);
        } catch (RuntimeException e) {
            screen.say(
                    "orphans-left",
                    "",
                    "open transactions of jobs that are not started could not be looked for and"
                            + " may hold readers back, see 'streampane tx list': "
                            + firstLine(e.getMessage()));
        }
    }

    private void sayWhatIsLeft(String job, Transactions.Outcome outcome) {
        if (!outcome.aborted().isEmpty()) {
            screen.say(
                    "orphans-aborted",
                    job,
                    "is not started, so its %d open transactions that no checkpoint holds were aborted"
                            .formatted(outcome.aborted().size()));
        }
        if (!outcome.refused().isEmpty()) {
            screen.say(
                    "promised-left",
                    job,
                    "is not started, and what it has promised to commit holds readers back ("
                            + outcome.refused().stream()
                                    .map(JobTransaction::transactionalId)
                                    .collect(Collectors.joining(", "))
                            + "): start the job, or give it up with 'streampane tx abort "
                            + job
                            + " --lose'");
        }
    }

    /** Stops every job with a savepoint, all at once; what has not stopped at the deadline is left as it is. */
    void stop(long deadline) {
        FlinkRest hasty = flink.within(STOP_PATIENCE);
        Map<Running, String> requests = new LinkedHashMap<>();
        try {
            List<FlinkRest.Job> seen = hasty.jobs();
            for (Running job : jobs.values()) {
                boolean runs =
                        seen.stream()
                                .filter(one -> one.id().equals(job.id))
                                .anyMatch(one -> one.state().equals("RUNNING"));
                if (runs) {
                    requestStop(hasty, job, deadline)
                            .ifPresent(request -> requests.put(job, request));
                }
            }
        } catch (IOException e) {
            screen.say(
                    "stop-failed",
                    "",
                    "Flink does not answer, so no job is stopped with a savepoint; the next 'up'"
                            + " goes on from the newest checkpoints");
        }
        while (!requests.isEmpty() && System.nanoTime() < deadline) {
            for (Running job : new ArrayList<>(requests.keySet())) {
                try {
                    hasty.stopped(job.id, requests.get(job))
                            .ifPresent(
                                    where -> {
                                        screen.end(
                                                "stop " + job.name,
                                                where.substring(where.lastIndexOf('/') + 1));
                                        requests.remove(job);
                                    });
                } catch (IOException e) {
                    screen.fail("stop " + job.name);
                    requests.remove(job);
                }
            }
            pause();
        }
        requests.keySet()
                .forEach(
                        job -> {
                            screen.fail("stop " + job.name);
                            screen.say(
                                    "stop-failed",
                                    job.name,
                                    "did not stop in time; the next 'up' goes on from its newest"
                                            + " checkpoint");
                        });
    }

    private Optional<String> requestStop(FlinkRest hasty, Running job, long deadline) {
        try {
            if (System.nanoTime() < deadline) {
                String request = hasty.stop(job.id, stateOf(job));
                screen.begin("stop " + job.name);
                return Optional.of(request);
            }
        } catch (IOException e) {
            screen.say("stop-failed", job.name, "cannot be stopped with a savepoint: " + e);
        }
        return Optional.empty();
    }

    private Path stateOf(Running job) {
        return settings.stateFolder()
                .resolve(job.name)
                .resolve(String.valueOf(job.plan.generation()));
    }

    /** The submitted jobs. */
    List<RunningStack.Job> submitted() {
        return jobs.values().stream()
                .filter(job -> job.plan != null)
                .map(job -> new RunningStack.Job(job.name, job.plan.generation(), job.id))
                .toList();
    }

    private static StackException refused(String job, IOException e) {
        String message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        if (e instanceof Http.StatusException) {
            Optional<String> option = optionProblem(message);
            if (option.isPresent()) {
                return new StackException(
                        StackException.NOT_ALLOWED, job + " refuses to start: " + option.get(), e);
            }
        }
        return new StackException(
                StackException.START_FAILED, job + " cannot be started: " + firstLine(message), e);
    }

    /** The one line that a job throws for what it does not allow. */
    static Optional<String> optionProblem(String answer) {
        return answer.replace("\\n", "\n")
                .lines()
                .filter(line -> line.contains("BadOptionException: "))
                .map(line -> line.substring(line.indexOf("BadOptionException: ") + 20).strip())
                .reduce((first, last) -> last);
    }

    /** The innermost cause of a stack trace, or the text itself. */
    static String firstLine(String trace) {
        if (trace == null || trace.isBlank()) {
            return "no reason is known; see 'streampane logs jobmanager'";
        }
        List<String> lines = trace.replace("\\n", "\n").lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("Caused by: "))
                .map(line -> line.substring("Caused by: ".length()))
                .reduce((first, last) -> last)
                .orElse(lines.get(0));
    }

    private static String lineWith(String trace, String word) {
        String line =
                trace.lines()
                        .filter(l -> l.contains(word))
                        .findFirst()
                        .orElse("the reason is lost");
        return line.substring(Math.max(0, line.indexOf(word) + word.length() + 2));
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException(StackException.START_FAILED, "interrupted", e);
        }
    }
}
