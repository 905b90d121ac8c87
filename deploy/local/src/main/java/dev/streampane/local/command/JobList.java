// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The jobs of a stack as Flink sees them: state, generation, restarts, newest checkpoint. */
final class JobList {

    private JobList() {}

    /** One line per job, or one JSON object. */
    static void print(RunningStack stack, PrintWriter out, boolean json) {
        jobs(stack).forEach(job -> out.println(json ? job : line(job)));
    }

    private static String line(ObjectNode job) {
        String state = job.get("wanted").asBoolean() ? job.get("state").asText() : "STOPPED";
        String line = "  %-22s %s, generation %s".formatted(job.get("job").asText(), state, job.get("generation"));
        return !job.has("restarts")
                ? line
                : "%s, parallelism %s, %s restarts, checkpoint %s, id %s"
                        .formatted(
                                line,
                                job.get("parallelism"),
                                job.get("restarts"),
                                job.get("checkpoint"),
                                job.get("id").asText());
    }

    private static List<ObjectNode> jobs(RunningStack stack) {
        FlinkRest flink = new FlinkRest(stack.url(StackPort.FLINK));
        List<ObjectNode> rows = new ArrayList<>();
        try {
            List<FlinkRest.Job> seen = flink.jobs();
            for (RunningStack.Job job : stack.jobs()) {
                ObjectNode row = Http.JSON.createObjectNode();
                row.put("job", job.name()).put("generation", job.generation());
                row.put("id", job.id()).put("wanted", job.wanted());
                Optional<FlinkRest.Job> known =
                        seen.stream().filter(one -> one.id().equals(job.id())).findFirst();
                row.put("state", known.map(FlinkRest.Job::state).orElse("UNKNOWN"));
                if (known.isPresent()) {
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
