// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Stops single jobs, and waits until they have stopped. */
record JobStop(FlinkRest flink, LongSupplier nanoTime) {

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);

    /**
     * Finds the job in Flink, unless it has ended, and stores its id in {@code job}. Searches by name, because the answer to a submission
     * may have been lost.
     */
    Optional<FlinkRest.Job> active(SupervisedJob job) throws IOException {
        Optional<FlinkRest.Job> active = flink.active(job.name);
        active.ifPresent(seen -> job.runsAs(seen.id()));
        return active;
    }

    /**
     * Stops the job with a savepoint, and waits until it has ended.
     *
     * @return the savepoint's folder
     * @throws StackException when no savepoint is made and the job goes on; while {@link SupervisedJob#stopping} is set, the savepoint may
     *     still be completed later and end the job
     */
    String withSavepoint(SupervisedJob job, Path folder) {
        try {
            job.stopping = true;
            String where = savepoint(job, folder, deadline()).orElseThrow(() -> tooLate(job));
            if (where.startsWith(FlinkRest.NO_SAVEPOINT)) {
                job.stopping = false;
                throw StackException.startFailed(job.name + " still runs, because Flink has made " + where
                        + " (see 'streampane logs jobmanager')");
            }
            awaitEnd(job);
            job.stopping = false;
            return FlinkPaths.of(where).toString();
        } catch (IOException e) {
            throw notStopped(job, e);
        }
    }

    /**
     * Asks for a savepoint that ends the job, and polls until it is complete or the deadline has passed.
     *
     * @param deadline of {@link #nanoTime}
     * @return the answer of {@link FlinkRest#stopped}; empty when the savepoint is under way at the deadline
     * @throws IOException also when Flink does not answer the first request in time; when it does not answer a poll in time, the poll is
     *     repeated
     */
    Optional<String> savepoint(SupervisedJob job, Path folder, long deadline) throws IOException {
        String request = flink.stop(job.id, FlinkPaths.text(folder));
        return until(deadline, () -> {
            try {
                return flink.stopped(job.id, request);
            } catch (HttpTimeoutException busy) {
                return Optional.empty();
            }
        });
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
        until(deadline(), () -> active(job).isPresent() ? Optional.empty() : Optional.of(true))
                .orElseThrow(() -> tooLate(job));
    }

    private long deadline() {
        return nanoTime.getAsLong() + STOPS_WITHIN.toNanos();
    }

    /** A question to Flink that is repeated until it has an answer. */
    private interface Question<T> {
        Optional<T> ask() throws IOException;
    }

    private <T> Optional<T> until(long deadline, Question<T> question) throws IOException {
        Optional<T> answer = question.ask();
        while (answer.isEmpty() && nanoTime.getAsLong() - deadline < 0) {
            Submissions.pause();
            answer = question.ask();
        }
        return answer;
    }

    private static StackException tooLate(SupervisedJob job) {
        return StackException.startFailed(job.name + " has not stopped after " + STOPS_WITHIN.toSeconds() + " s");
    }

    private static StackException notStopped(SupervisedJob job, IOException e) {
        return StackException.startFailed(job.name + " cannot be stopped: " + Failures.firstLine(e.getMessage()), e);
    }
}
