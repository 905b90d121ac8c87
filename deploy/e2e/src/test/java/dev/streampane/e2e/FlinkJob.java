// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;

/** One job as Flink's REST shows it. It has another id after the JobManager was started anew. */
final class FlinkJob {

    private final Up up;
    private final String name;

    FlinkJob(Up up, String name) {
        this.up = up;
        this.name = name;
    }

    String id() {
        return up.stack().jobs().stream()
                .filter(job -> job.name().equals(name))
                .map(RunningStack.Job::id)
                .findFirst()
                .orElse("");
    }

    /** Whether all of its tasks run. */
    boolean isUp() {
        JsonNode job = ask("");
        return job.path("state").asText().equals("RUNNING")
                && job.path("vertices").size() > 0
                && job.path("status-counts").path("RUNNING").asInt()
                        == job.path("vertices").size();
    }

    /** The checkpoint or savepoint that it was restored from last; a missing node when from none. */
    JsonNode restored() {
        return ask("/checkpoints").path("latest").path("restored");
    }

    /** The most subtasks that an operator of it has. */
    int parallelism() {
        int most = 0;
        for (JsonNode vertex : ask("").path("vertices")) {
            most = Math.max(most, vertex.path("parallelism").asInt());
        }
        return most;
    }

    /** How often Flink has restarted it, by the attempts of its first task: its metrics may stand still. */
    int restarts() {
        String first = ask("").path("vertices").path(0).path("id").asText();
        int most = 0;
        for (JsonNode subtask : ask("/vertices/" + first).path("subtasks")) {
            most = Math.max(most, subtask.path("attempt").asInt());
        }
        return most;
    }

    private JsonNode ask(String what) {
        return new Rest(up.url(StackPort.FLINK)).get("/jobs/" + id() + what);
    }
}
