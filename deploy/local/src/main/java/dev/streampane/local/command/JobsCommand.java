// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.Http;
import dev.streampane.local.stack.FlinkRest;
import dev.streampane.local.stack.Listener;
import dev.streampane.local.stack.RunningStack;
import dev.streampane.local.stack.StackException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code streampane jobs}: the jobs as Flink sees them. */
@Command(
        name = "jobs",
        description = "Lists the jobs: state, generation, restarts, newest checkpoint.",
        mixinStandardHelpOptions = true)
final class JobsCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private DataOption data;

    @Option(names = "--json", description = "Prints one JSON object per job.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        RunningStack stack = data.running();
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            print(stack, out);
            return 0;
        }
        for (Map<String, Object> job : jobs(stack)) {
            out.println(Http.JSON.writeValueAsString(job));
        }
        return 0;
    }

    static void print(RunningStack stack, PrintWriter out) {
        for (Map<String, Object> job : jobs(stack)) {
            out.printf(
                    "  %-22s %s, generation %s, %s restarts, checkpoint %s, id %s%n",
                    job.get("job"),
                    job.get("state"),
                    job.get("generation"),
                    job.get("restarts"),
                    job.get("checkpoint"),
                    job.get("id"));
        }
    }

    private static List<Map<String, Object>> jobs(RunningStack stack) {
        FlinkRest flink = new FlinkRest(stack.url(Listener.FLINK));
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            List<FlinkRest.Job> seen = flink.jobs();
            for (RunningStack.Job job : stack.jobs()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("job", job.name());
                row.put("generation", job.generation());
                row.put("id", job.id());
                row.put(
                        "state",
                        seen.stream()
                                .filter(known -> known.id().equals(job.id()))
                                .map(FlinkRest.Job::state)
                                .findFirst()
                                .orElse("UNKNOWN"));
                if (!row.get("state").equals("UNKNOWN")) {
                    JsonNode newest = flink.checkpoints(job.id()).path("latest").path("completed");
                    row.put("restarts", flink.restarts(job.id()));
                    row.put("checkpoint", newest.path("id").asLong());
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new StackException(
                    StackException.NOT_RUNNING,
                    "Flink does not answer on " + stack.url(Listener.FLINK) + ": " + e.getMessage(),
                    e);
        }
    }
}
