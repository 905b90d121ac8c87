// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streampane.contract.Json;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The jobs of a stack as Flink sees them: state, generation, restarts, newest checkpoint. */
final class JobList {

    private JobList() {}

    /** A job; the last three are null when Flink does not know it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Row(
            String job,
            int generation,
            String id,
            boolean wanted,
            String state,
            Integer parallelism,
            Integer restarts,
            Long checkpoint) {

        private String line() {
            String line = "  %-22s %s, generation %s".formatted(job, wanted ? state : "STOPPED", generation);
            return restarts == null
                    ? line
                    : "%s, parallelism %s, %s restarts, checkpoint %s, id %s"
                            .formatted(line, parallelism, restarts, checkpoint, id);
        }
    }

    /** One line per job, or one JSON object. */
    static void print(RunningStack stack, PrintWriter out, boolean json) {
        rows(stack).forEach(row -> out.println(json ? new String(Json.of(row), StandardCharsets.UTF_8) : row.line()));
    }

    private static List<Row> rows(RunningStack stack) {
        FlinkRest flink = new FlinkRest(stack.url(StackPort.FLINK));
        List<Row> rows = new ArrayList<>();
        try {
            List<FlinkRest.Job> seen = flink.jobs();
            for (RunningStack.Job job : stack.jobs()) {
                String id = job.id();
                Optional<FlinkRest.Job> known =
                        seen.stream().filter(one -> one.id().equals(id)).findFirst();
                boolean isKnown = known.isPresent();
                rows.add(new Row(
                        job.name(),
                        job.generation(),
                        id,
                        job.wanted(),
                        known.map(FlinkRest.Job::state).orElse("UNKNOWN"),
                        isKnown ? flink.parallelism(id) : null,
                        isKnown ? flink.restarts(id) : null,
                        isKnown
                                ? flink.checkpoints(id)
                                        .at("/latest/completed/id")
                                        .asLong()
                                : null));
            }
            return rows;
        } catch (IOException e) {
            throw stack.flinkAway(e);
        }
    }
}
