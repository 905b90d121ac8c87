// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The jobs of a stack as Flink sees them: state, generation, restarts, newest checkpoint. */
final class JobList {

    private JobList() {}

    /** One line per job. */
    static void print(RunningStack stack, PrintWriter out) {
        for (Map<String, Object> job : jobs(stack)) {
            out.printf("  %-22s %s, generation %s", job.get("job"), state(job), job.get("generation"));
            if (job.containsKey("restarts")) {
                out.printf(
                        ", %s subtasks, %s restarts, checkpoint %s, id %s",
                        job.get("parallelism"), job.get("restarts"), job.get("checkpoint"), job.get("id"));
            }
            out.println();
        }
    }

    private static Object state(Map<String, Object> job) {
        return job.get("wanted").equals(false) ? "STOPPED" : job.get("state");
    }

    /** One JSON object per job. */
    static void printJson(RunningStack stack, PrintWriter out) throws IOException {
        for (Map<String, Object> job : jobs(stack)) {
            out.println(Http.JSON.writeValueAsString(job));
        }
    }

    private static List<Map<String, Object>> jobs(RunningStack stack) {
        FlinkRest flink = new FlinkRest(stack.url(StackPort.FLINK));
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            List<FlinkRest.Job> seen = flink.jobs();
            for (RunningStack.Job job : stack.jobs()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("job", job.name());
                row.put("generation", job.generation());
                row.put("id", job.id());
                row.put("wanted", job.wanted());
                row.put(
                        "state",
                        seen.stream()
                                .filter(known -> known.id().equals(job.id()))
                                .map(FlinkRest.Job::state)
                                .findFirst()
                                .orElse("UNKNOWN"));
                if (!row.get("state").equals("UNKNOWN")) {
                    JsonNode newest = flink.checkpoints(job.id()).path("latest").path("completed");
                    row.put("parallelism", flink.parallelism(job.id()));
                    row.put("restarts", flink.restarts(job.id()));
                    row.put("checkpoint", newest.path("id").asLong());
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw stack.flinkAway(e);
        }
    }
}
