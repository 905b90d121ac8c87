// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.ProcessUsage;
import dev.streampane.local.stack.Servers;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane status}: what runs, where, and how much memory it takes. */
@Command(name = "status", description = "Shows what runs; exit code 4 when nothing does.", footer = """

                Example:
                  streampane status --json | jq .children""")
final class StatusCommand extends StackCommand {

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        RunningStack stack = data().running();
        PrintWriter out = out();
        if (json) {
            printJson(stack);
            return 0;
        }
        out.printf(
                "%s, pid %d, page http://127.0.0.1:%d/, data %s%n",
                stack.state(), stack.up().pid(), stack.ports().get(StackPort.RESULTS_API), data().folder());
        for (String name : Servers.NAMES) {
            Optional<ProcessHandle> process =
                    Optional.ofNullable(stack.children().get(name)).flatMap(RunningStack.Child::process);
            out.printf(
                    "  %-22s %s%n",
                    name, process.map(p -> "pid " + p.pid() + memory(p)).orElse("does not run"));
        }
        try {
            JobList.print(stack, out, false);
        } catch (StackException flinkAway) {
            out.println("  " + flinkAway.getMessage());
        }
        return 0;
    }

    private static String memory(ProcessHandle process) {
        return ProcessUsage.of(process)
                .residentBytes()
                .map(bytes -> ", " + (bytes >> 20) + " MiB")
                .orElse("");
    }
}
