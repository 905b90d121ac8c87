// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.stack.Preflight;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane doctor}: whether this machine can run the stack. */
@Command(
        name = "doctor",
        description = {
            "Says whether this machine can run the stack, and what is to be done if not.",
            "It looks at Java, memory, disk, ports and Maven. Exit code 2: it cannot."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  streampane doctor --port-offset 10000")
final class DoctorCommand extends StackCommand {

    private static final String MAVEN = "Apache Maven";

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "Looks at every port moved by N (default: ${DEFAULT-VALUE}).")
    private int portOffset;

    @Override
    public Integer call() {
        checkPortOffset(portOffset);
        PrintWriter out = out();
        Optional<RunningStack> running = RunningStack.read(data().folder());
        if (running.isPresent()) {
            out.printf("the stack runs on %s: 'streampane status' says more%n", data().folder());
            return 0;
        }
        List<Preflight.Finding> findings =
                new Preflight().findings(data().folder(), portOffset, StackSettings.DEFAULT_JOBS.size());
        findings.forEach(finding -> {
            out.printf("%s %-8s %s%n", finding.refusal().isEmpty() ? "ok" : "no", finding.name(), finding.found());
            finding.refusal().ifPresent(refusal -> out.println("   " + refusal));
        });
        // builds alone need it, and what is built runs without
        Optional<String> maven = maven();
        out.printf(
                "%s %-8s %s%n",
                maven.isPresent() ? "ok" : "--", "Maven", maven.orElse("is not there; a build needs 3.8.7 or newer"));
        boolean well = findings.stream().allMatch(finding -> finding.refusal().isEmpty());
        return well ? 0 : StackException.NOT_ALLOWED;
    }

    /** What {@code mvn} says that it is. */
    private static Optional<String> maven() {
        try {
            Process maven = new ProcessBuilder("mvn", "--batch-mode", "--version")
                    .redirectErrorStream(true)
                    .start();
            try (var said = maven.inputReader()) {
                return said.lines()
                        .filter(line -> line.contains("Apache Maven"))
                        .findFirst();
            }
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
