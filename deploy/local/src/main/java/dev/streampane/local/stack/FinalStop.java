// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.Progress;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stops all jobs with savepoints, all at once and in little time: the end of the stack. */
final class FinalStop {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final StackSettings settings;
    private final FlinkRest hasty;
    private final Progress progress;
    private final long deadline;
    private final Map<SupervisedJob, String> requests = new LinkedHashMap<>();

    /**
     * @param deadline of {@link System#nanoTime}; what has not stopped then is left as it is
     */
    FinalStop(StackSettings settings, FlinkRest flink, Progress progress, long deadline) {
        this.settings = settings;
        this.hasty = flink.within(PATIENCE);
        this.progress = progress;
        this.deadline = deadline;
    }

    void stop(List<SupervisedJob> jobs) {
        try {
            List<FlinkRest.Job> seen = hasty.jobs();
            for (SupervisedJob job : jobs) {
                boolean runs = seen.stream()
                        .filter(one -> one.id().equals(job.id))
                        .anyMatch(one -> one.state().equals("RUNNING"));
                if (runs) {
                    request(job).ifPresent(request -> requests.put(job, request));
                }
            }
        } catch (IOException e) {
            progress.say(
                    "stop-failed",
                    "",
                    "Flink does not answer, so no job is stopped with a savepoint; the next 'up'"
                            + " goes on from the newest checkpoints");
        }
        while (!requests.isEmpty() && System.nanoTime() < deadline) {
            new ArrayList<>(requests.keySet()).forEach(this::look);
            Submissions.pause();
        }
        requests.keySet().forEach(job -> failed(job, "did not stop in time"));
    }

    private void failed(SupervisedJob job, String why) {
        progress.fail("stop " + job.name);
        progress.say("stop-failed", job.name, why + "; the next 'up' goes on from its newest checkpoint");
    }

    private Optional<String> request(SupervisedJob job) {
        try {
            if (System.nanoTime() < deadline) {
                String request = hasty.stop(job.id, FlinkPaths.text(job.stateFolder(settings)));
                progress.begin("stop " + job.name);
                return Optional.of(request);
            }
        } catch (IOException e) {
            progress.say("stop-failed", job.name, "cannot be stopped with a savepoint: " + e);
        }
        return Optional.empty();
    }

    private void look(SupervisedJob job) {
        try {
            hasty.stopped(job.id, requests.get(job)).ifPresent(answer -> {
                requests.remove(job);
                if (answer.startsWith(FlinkRest.NO_SAVEPOINT)) {
                    failed(job, "cannot be stopped with a savepoint: " + answer);
                } else {
                    progress.end("stop " + job.name, answer.substring(answer.lastIndexOf('/') + 1));
                }
            });
        } catch (HttpTimeoutException busy) {
            // and is asked again
        } catch (IOException e) {
            requests.remove(job);
            failed(job, "cannot be stopped with a savepoint: " + e);
        }
    }
}
