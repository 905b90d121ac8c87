// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.stack.Preflight;
import dev.streampane.local.stack.Preflight.Finding;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane doctor}: checks whether this machine can run the stack. */
@Command(
        name = "doctor",
        description = {
            "Checks whether this machine can run the stack, and says what to do if not.",
            "It checks Java, memory, disk and ports, and Maven and the compiler, which only",
            "a build needs ('--'). Exit code 2: it cannot."
        },
        footer = """

                Example:
                  streampane doctor --port-offset 10000""")
final class DoctorCommand extends StackCommand {

    private static final Version OLDEST_MAVEN = Version.parse("3.8.7");
    private static final Pattern VERSION = Pattern.compile("Apache Maven (\\d\\S*)");
    private static final Pattern RUNTIME = Pattern.compile("(?m), runtime: (.+)$");

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "Checks every port plus N (default: ${DEFAULT-VALUE}).")
    private int portOffset;

    @Override
    public Integer call() {
        checkRange("--port-offset", portOffset, 0, StackPort.LARGEST_OFFSET);
        Optional<RunningStack> running = RunningStack.read(data().folder());
        if (running.isPresent()) {
            out().printf("the stack runs on %s: 'streampane status' says more%n", data().folder());
        }
        if (running.filter(stack -> stack.portOffset() == portOffset).isPresent()) {
            return 0;
        }
        List<Finding> findings =
                new Preflight().findings(data().folder(), portOffset, StackSettings.DEFAULT_JOBS.size());
        findings.forEach(finding -> print(finding, "no"));
        // only a build needs these: a built stack runs without them
        buildTools(maven()).forEach(finding -> print(finding, "--"));
        boolean well = findings.stream().allMatch(finding -> finding.refusal().isEmpty());
        return well ? 0 : StackException.NOT_ALLOWED;
    }

    private void print(Finding finding, String otherwise) {
        String state = finding.refusal().isEmpty() ? "ok" : otherwise;
        out().printf("%s %-8s %s%n", state, finding.name(), finding.found());
        finding.refusal().ifPresent(refusal -> out().println("   " + refusal));
    }

    /** Checks Maven, and the compiler of the Java that Maven runs on. */
    static List<Finding> buildTools(String maven) {
        Optional<String> version = first(VERSION, maven);
        boolean isNew = version.filter(it -> Version.parse(it).compareTo(OLDEST_MAVEN) >= 0)
                .isPresent();
        Path javac = Path.of(first(RUNTIME, maven).orElse(System.getProperty("java.home")), "bin", "javac");
        boolean isThere = Files.isExecutable(javac);
        return List.of(
                Finding.of(
                        "Maven",
                        version.orElse("is not there") + ", a build needs " + OLDEST_MAVEN,
                        isNew,
                        "install Maven " + OLDEST_MAVEN + " or newer"),
                Finding.of(
                        "compiler",
                        javac + (isThere ? "" : " is not there, a build needs it"),
                        isThere,
                        "install a JDK " + Preflight.JAVA + " or newer, not a JRE, and set JAVA_HOME to it"));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).findFirst();
    }

    /** The output of {@code mvn --version}; empty when it cannot be run. */
    private static String maven() {
        try {
            Process maven = new ProcessBuilder("mvn", "--batch-mode", "--version")
                    .redirectErrorStream(true)
                    .start();
            return new String(maven.getInputStream().readAllBytes(), Charset.defaultCharset());
        } catch (IOException absent) {
            return "";
        }
    }
}
