// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Stops single jobs, and waits until they have stopped. */
record JobStop(FlinkRest flink, LongSupplier nanoTime) {

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);

    /** The job as Flink runs it, or tries to; by name, as the answer to a submission may have been lost. */
    Optional<FlinkRest.Job> active(SupervisedJob job) throws IOException {
        Optional<FlinkRest.Job> active = flink.active(job.name);
        active.ifPresent(seen -> job.runsAs(seen.id()));
        return active;
    }

    /**
     * Stops the job.
     *
     * @return the savepoint's folder
     * @throws StackException when there is none, and the job goes on; one that has {@link SupervisedJob#stopping} set may
     *     come to its savepoint, and its end, later
     */
    String withSavepoint(SupervisedJob job, Path folder) {
        try {
            job.stopping = true;
            String request = flink.stop(job.id, FlinkPaths.text(folder));
            String where = until(job, () -> flink.stopped(job.id, request));
            if (where.startsWith(FlinkRest.NO_SAVEPOINT)) {
                job.stopping = false;
                throw StackException.startFailed(
                        job.name + " goes on, for Flink has made " + where + " (see 'streampane logs jobmanager')");
            }
            awaitEnd(job);
            job.stopping = false;
            return FlinkPaths.of(where).toString();
        } catch (IOException e) {
            throw notStopped(job, e);
        }
    }

    /** Ends the job without a savepoint. */
    String cancel(SupervisedJob job) {
        try {
            flink.cancel(job.id);
            awaitEnd(job);
            return "";
        } catch (IOException e) {
            throw notStopped(job, e);
        }
    }

    private void awaitEnd(SupervisedJob job) throws IOException {
        until(job, () -> active(job).isPresent() ? Optional.empty() : Optional.of(true));
    }

    /** Asks something of Flink. */
    private interface Question<T> {
        Optional<T> ask() throws IOException;
    }

    private <T> T until(SupervisedJob job, Question<T> question) throws IOException {
        long begin = nanoTime.getAsLong();
        Optional<T> answer = question.ask();
        while (answer.isEmpty()) {
            if (nanoTime.getAsLong() - begin > STOPS_WITHIN.toNanos()) {
                throw StackException.startFailed(
                        job.name + " has not stopped after " + STOPS_WITHIN.toSeconds() + " s");
            }
            Submissions.pause();
            answer = question.ask();
        }
        return answer.get();
    }

    private static StackException notStopped(SupervisedJob job, IOException e) {
        return StackException.startFailed(job.name + " cannot be stopped: " + Failures.firstLine(e.getMessage()), e);
    }
}
