// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.replay.Replay;
import dev.streampane.local.replay.ReplayReport;
import dev.streampane.local.replay.ReplayRequest;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streampane replay}: recomputes windows from the log and compares them with what is committed. */
@Command(
        name = "replay",
        description = {"Recomputes a job's windows from the log, by its audit lines.", """
            Each record gets the verdict that it got the first time, whatever the mode and
            the parallelism, because audit lines record clocks, horizons and settings. The
            results go to a topic of their own. --compare compares them with the committed
            ones: bit-identical, a list of differences (exit code 1), or no window
            compared, if none could be. Windows that have inputs on both
            sides of the range's borders, or are not published yet, are counted as outside,
            those whose results retention may have deleted as expired.
            Global windows depend on the order of arrival and cannot be compared."""},
        footer = """

                Examples:
                  streampane replay weather-average --compare
                  streampane replay weather-average --compare --mode batch --parallelism 4
                  streampane replay transaction-total --compare --from 2026-11-20T06:00:00Z""")
final class ReplayCommand extends StackCommand {

    /** The largest number of differences that are printed; enough to see what is wrong. */
    private static final int SHOWN = 100;

    private static final int LONGEST_VALUE = 200;

    @Parameters(paramLabel = "JOB", description = "The job's name.")
    private String job;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "Windows from this time on, such as 2026-11-20T06:00:00Z (default: all whose"
                    + " inputs are still in the log).")
    private Instant from;

    @Option(
            names = "--to",
            paramLabel = "T",
            description = "Windows up to this time (default: up to the newest audit line).")
    private Instant to;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "streaming",
            description = "streaming or batch (default: ${DEFAULT-VALUE}).")
    private String mode;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Subtasks per operator (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description = "Which run of the job, where the range holds several.")
    private Integer generation;

    @Option(names = "--compare", description = "Compares with what is committed.")
    private boolean compare;

    @Option(names = "--keep", description = "Keeps the topic of the run after a comparison.")
    private boolean keep;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        ReplayRequest request = request();
        RunningStack stack = data().answering();
        ReplayReport report;
        try {
            report = new Replay(
                            request,
                            stack.bootstrapServers(),
                            new FlinkRest(stack.url(StackPort.FLINK)),
                            line -> progress(json, line),
                            line -> commandLine().getErr().println("streampane: " + line))
                    .run();
        } catch (IOException e) {
            throw stack.flinkAway(e);
        }
        print(report);
        return report.different() == 0 ? 0 : 1;
    }

    private ReplayRequest request() {
        if (!mode.equals("streaming") && !mode.equals("batch")) {
            throw wrong("--mode", mode, "streaming or batch");
        }
        if (parallelism < 1) {
            throw wrong("--parallelism", parallelism, "1 or more");
        }
        checkOrder(from, to);
        return new ReplayRequest(
                job,
                Optional.ofNullable(generation),
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                mode.equals("batch"),
                parallelism,
                compare,
                keep);
    }

    final void print(ReplayReport report) {
        PrintWriter out = out();
        if (json) {
            printJson(report);
            return;
        }
        progress(json, "");
        out.printf(
                "replayed %,d records of %d partitions in %.1f s: %s, generation %d, %s, parallelism %d%n",
                report.records(),
                report.partitions(),
                report.seconds(),
                report.job(),
                report.generation(),
                report.mode(),
                report.parallelism());
        if (report.compared()) {
            out.println(report.different() > 0 ? "different" : report.equal() > 0 ? "equal" : "no window compared");
            printCount("windows equal", report.equal());
            printCount("windows outside", report.outside());
            printCount("windows corrected", report.corrected());
            printCount("windows expired", report.expired());
            printCount("verdicts equal", report.verdicts());
            printCount("differences", report.different());
            report.differences().stream().limit(SHOWN).forEach(d -> print(out, d));
        }
        if (report.kept()) {
            out.println("results and audit lines are in topic " + report.topic());
        }
    }

    private static void print(PrintWriter out, ReplayReport.Difference difference) {
        out.printf(
                "  %s %s: committed %s, recomputed %s%n",
                difference.about(), difference.what(), shown(difference.committed()), shown(difference.recomputed()));
    }

    private static String shown(String value) {
        if (value.isEmpty()) {
            return "none";
        }
        return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
    }
}
