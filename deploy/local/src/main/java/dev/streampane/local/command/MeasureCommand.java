// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.log.Topics;
import dev.streampane.local.log.Visibility;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.ProcessUsage;
import dev.streampane.local.state.Generations;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane measure}: measures how soon results can be read, and the processor time and memory of the stack. */
@Command(
        name = "measure",
        description = {"Measures the running stack.", """
            Visibility: from a window's end plus the out-of-orderness bound until a
            read_committed reader has its first result. Cores: mean over the measurement.
            Memory: resident, at its end. 'up' itself is included."""},
        footer = """

                Example:
                  streampane measure --for 5m""")
final class MeasureCommand extends StackCommand {

    private static final String OUT_OF_ORDERNESS = "out-of-orderness";
    private static final int[] PERCENTILES = {50, 90, 99, 100};

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "2m",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private Duration time;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /** What one process used. */
    private record Usage(double cores, long residentMiB) {

        Usage plus(Usage other) {
            return new Usage(cores + other.cores, residentMiB + other.residentMiB);
        }
    }

    @Override
    public Integer call() throws IOException {
        checkPositive("--for", time);
        RunningStack stack = data().answering();
        long begin = System.nanoTime();
        Map<String, ProcessUsage> before = usage(stack);
        Visibility visibility =
                Visibility.measure(stack.bootstrapServers(), time, outOfOrderness(stack), line -> progress(json, line));
        Map<String, Usage> taken = taken(before, usage(data().running()), System.nanoTime() - begin);
        Usage whole = taken.values().stream().reduce(new Usage(0, 0), Usage::plus);
        PrintWriter out = out();
        if (json) {
            out.println(Http.JSON.writeValueAsString(Map.of(
                    "visibilityMillis", visibility.delays(),
                    "processes", taken,
                    "whole", whole)));
            return 0;
        }
        progress(json, "");
        out.printf("visibility of %,d first results%n", visibility.delays().size());
        if (!visibility.delays().isEmpty()) {
            for (int percent : PERCENTILES) {
                out.printf(
                        "  %-22s %,6d ms%n",
                        percent == 100 ? "slowest" : "p" + percent, visibility.percentile(percent));
            }
        }
        print(out, "whole stack", whole);
        taken.forEach((name, one) -> print(out, "  " + name, one));
        return 0;
    }

    private static void print(PrintWriter out, String name, Usage taken) {
        out.printf("%-24s %5.2f cores %,6d MiB%n", name, taken.cores(), taken.residentMiB());
    }

    /** The out-of-orderness of each job, from its latest start. */
    private static Map<String, Duration> outOfOrderness(RunningStack stack) {
        Map<String, Duration> bounds = new HashMap<>();
        for (RunningStack.Job job : stack.jobs()) {
            Generations.latest(Topics.client(stack.bootstrapServers()), job.name())
                    .map(run -> run.latestSetting(OUT_OF_ORDERNESS, ""))
                    .filter(bound -> !bound.isEmpty())
                    .ifPresent(bound -> bounds.put(job.name(), OptionValues.duration(bound)));
        }
        return bounds;
    }

    /** The usage by process name; a process that was restarted keeps its name, and its processor time begins at 0 again. */
    private static Map<String, ProcessUsage> usage(RunningStack stack) {
        Map<String, ProcessUsage> usage = new TreeMap<>();
        stack.up().process().ifPresent(up -> usage.put("up", ProcessUsage.of(up)));
        stack.children().forEach((name, child) -> child.process()
                .ifPresent(process -> usage.put(name, ProcessUsage.of(process))));
        return usage;
    }

    private static Map<String, Usage> taken(
            Map<String, ProcessUsage> before, Map<String, ProcessUsage> after, long nanos) {
        Map<String, Usage> taken = new LinkedHashMap<>();
        after.forEach((name, end) -> {
            Duration start = before.containsKey(name) ? before.get(name).processor() : Duration.ZERO;
            Duration processor = end.processor().compareTo(start) < 0
                    ? end.processor()
                    : end.processor().minus(start);
            taken.put(
                    name,
                    new Usage(
                            processor.toNanos() / (double) nanos,
                            end.residentBytes().orElse(0L) >> 20));
        });
        return taken;
    }
}
