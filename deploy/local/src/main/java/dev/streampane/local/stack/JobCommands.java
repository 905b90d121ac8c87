// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.JobCommand;
import dev.streampane.local.control.Progress;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StartFrom;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.Savepoints;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Executes commands on jobs, one at a time. Meanwhile no other thread starts or submits the job; afterwards {@link RunningJobs#watch}
 * supervises the job as the command has left it.
 */
record JobCommands(
        StackSettings settings,
        FlinkRest flink,
        JobContext context,
        List<SupervisedJob> jobs,
        Submissions submissions,
        OrphanedTransactions orphans,
        Planner planner) {

    /** Plans how a job is to be started: {@link JobPlan#of} in a stack. */
    interface Planner {
        JobPlan plan(String job, StartFrom from, Map<String, String> asked);
    }

    private JobStop stops() {
        return new JobStop(flink, context::nanoTime);
    }

    /**
     * Executes a command.
     *
     * @return the outcome, in one line
     * @throws StackException with the reason when the command has failed
     */
    String execute(JobCommand command, Progress progress) {
        SupervisedJob job = find(command.job());
        job.lock.lock();
        try {
            return switch (command.kind()) {
                case START -> start(job, command, progress);
                case STOP -> stop(job, command.keep(), progress);
                case RESCALE -> rescale(job, command, progress);
            };
        } catch (IOException e) {
            throw StackException.notRunning("Flink does not answer: " + Failures.firstLine(e.getMessage()), e);
        } finally {
            job.lock.unlock();
        }
    }

    /** The stack's job of this name, or a new one, which becomes one of the stack's when it is started. */
    private SupervisedJob find(String name) {
        return jobs.stream().filter(job -> job.name.equals(name)).findFirst().orElseGet(() -> {
            SupervisedJob absent = new SupervisedJob(name, context.nanoTime());
            absent.wanted = false;
            return absent;
        });
    }

    private String start(SupervisedJob job, JobCommand command, Progress progress) throws IOException {
        if (stops().active(job).isPresent()) {
            throw StackException.notAllowed(
                    "%s runs already%s: stop it first, or change its parallelism with 'streampane jobs rescale'"
                            .formatted(
                                    job.name, job.plan == null ? "" : " (generation " + job.plan.generation() + ")"));
        }
        SupervisedJob.Submission late = job.unanswered;
        if (late != null && flink.job(late.id()).filter(FlinkRest.Job::isOver).isPresent()) {
            job.unanswered = null;
        }
        Map<String, String> asked = with(job.asked, command.options());
        JobPlan plan = planner.plan(job.name, command.from(), asked);
        if (command.options().containsKey("parallelism")) {
            Slots.check(flink, plan.job(), plan.slots(), 0);
        }
        boolean known = jobs.contains(job);
        boolean wasWanted = job.wanted;
        String before = job.id;
        job.plan = plan;
        job.jar = "";
        if (!known) {
            jobs.add(job);
        }
        try {
            progress.step("start " + job.name, () -> started(job));
        } catch (StackException e) {
            leaveStopped(job, before);
            throw wasWanted && known ? new StackException(e.exitCode(), e.getMessage() + "; it stays stopped", e) : e;
        }
        job.asked = asked;
        supervise(job);
        return job.name + " runs, " + job.plan.origin();
    }

    private String started(SupervisedJob job) {
        submissions.start(job);
        return job.plan.origin();
    }

    /**
     * Cancels a job that was submitted and does not run, so that it stays stopped. Without an answer of Flink, the submission is kept in
     * {@link SupervisedJob#unanswered}, and {@link RunningJobs#watch} cancels it later.
     *
     * @param before the job's id before the submission
     */
    private void leaveStopped(SupervisedJob job, String before) {
        job.wanted = false;
        boolean ended = isEnded(job);
        String id = job.id; // RunningJobs.forget may clear it at any time
        if (!ended && job.unanswered == null && !id.isEmpty() && !id.equals(before)) {
            job.unanswered = new SupervisedJob.Submission(id, job.plan);
        }
    }

    /** Cancels the job if it runs; false when Flink does not answer, so that the job may go on. */
    private boolean isEnded(SupervisedJob job) {
        try {
            if (stops().active(job).isPresent()) {
                flink.cancel(job.id);
            }
            return true;
        } catch (IOException noAnswer) {
            return false;
        }
    }

    private static void supervise(SupervisedJob job) {
        job.wanted = true;
        job.givenUp = false;
        job.failures = 0;
    }

    private String stop(SupervisedJob job, boolean keep, Progress progress) throws IOException {
        Optional<FlinkRest.Job> active = stops().active(job);
        checkIsOfTheStack(job, active.isPresent());
        if (active.isEmpty()) {
            boolean waited = job.wanted && job.plan != null && !job.givenUp;
            if (!waited || keep) {
                throw StackException.notAllowed(
                        job.name + " does not run" + (waited ? ", so there can be no savepoint of it" : ""));
            }
            job.wanted = false;
            orphans.applyToStopped(job, progress);
            return job.name + " did not run, and is not submitted again";
        }
        String where = progress.step(
                "stop " + job.name,
                () -> keep
                        ? stops().withSavepoint(job, Savepoints.kept(job.stateFolder(settings)))
                        : stops().cancel(job));
        job.wanted = false;
        orphans.applyToStopped(job, progress);
        return keep
                ? job.name + " is stopped; savepoint " + where
                : job.name + " is stopped; it continues from its newest checkpoint";
    }

    /** Refuses a running job that this stack has not started: its options are not known here. */
    private static void checkIsOfTheStack(SupervisedJob job, boolean runs) {
        if (runs && job.plan == null) {
            throw StackException.notAllowed(
                    job.name + " runs, but was not started by this stack: whoever submitted it stops or changes it");
        }
    }

    private String rescale(SupervisedJob job, JobCommand command, Progress progress) throws IOException {
        boolean active = stops().active(job).isPresent();
        checkIsOfTheStack(job, active);
        if (!active) {
            throw StackException.notAllowed(
                    job.name + " does not run: start it with 'streampane jobs start " + job.name + " --parallelism'");
        }
        Map<String, String> before = job.asked;
        JobPlan old = job.plan;
        Map<String, String> asked = with(before, command.options());
        JobPlan anyhow = planner.plan(job.name, StartFrom.ANEW, asked); // there may be no state yet
        Slots.check(flink, anyhow.job(), anyhow.slots(), old.slots());
        progress.step("stop " + job.name, () -> stops().withSavepoint(job, job.stateFolder(settings)));
        try {
            job.plan = planner.plan(job.name, StartFrom.NEWEST, asked);
            progress.step("start " + job.name, () -> started(job));
        } catch (RuntimeException e) {
            isEnded(job);
            job.id = "";
            job.plan = old;
            job.submitAt = context.nanoTime();
            supervise(job);
            int exitCode = e instanceof StackException known ? known.exitCode() : StackException.START_FAILED;
            throw new StackException(exitCode, e.getMessage() + "; it is started again as it was", e);
        }
        job.asked = asked;
        supervise(job);
        return "%s runs with parallelism %s, %s"
                .formatted(job.name, command.options().get("parallelism"), job.plan.origin());
    }

    private static Map<String, String> with(Map<String, String> before, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(before);
        all.putAll(more);
        return Map.copyOf(all);
    }
}
