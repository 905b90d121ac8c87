// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.StackSettings;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** {@code NAME=VALUE} on the command line, and the options of jobs that have a place of their own. */
final class JobOptions {

    /** Options of the jobs that the stack itself needs to know, and how they are asked for. */
    private static final Map<String, String> STACKS_OWN = Map.of(
            "generation", "--new-generation",
            "state-dir", "--data",
            "bootstrap-servers", "--port-offset",
            "elasticsearch-url", "--port-offset");

    private JobOptions() {}

    /** What to use instead of {@code --job-option [JOB:]NAME=…} in {@code up}. */
    static Optional<String> insteadOf(String name) {
        int colon = name.indexOf(':');
        String option = name.substring(colon + 1);
        boolean ofWindowJob = colon < 0 || StackSettings.WINDOW_JOBS.contains(name.substring(0, colon));
        if (option.equals("windows") && ofWindowJob) {
            return Optional.of("--window");
        }
        return Optional.ofNullable(STACKS_OWN.get(option));
    }

    /** The jobs of these names, or every one for {@code all}. */
    static List<String> jobs(CommandLine command, String option, List<String> names) {
        if (names.equals(List.of("all"))) {
            return StackSettings.JOBS;
        }
        for (String name : names) {
            if (!StackSettings.JOBS.contains(name)) {
                throw wrong(command, option, name, "all, or " + String.join(", ", StackSettings.JOBS));
            }
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw wrong(command, option, String.join(",", names), "each job once");
        }
        return names;
    }

    /** The names with their values. */
    static Map<String, String> pairs(CommandLine command, String option, List<String> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts == null ? List.<String>of() : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw wrong(command, option, text, "NAME=VALUE");
            }
            if (pairs.put(text.substring(0, equals), text.substring(equals + 1)) != null) {
                throw wrong(command, option, text, "each name once");
            }
        }
        return pairs;
    }

    static ParameterException wrong(CommandLine command, String option, Object value, String allowed) {
        return new ParameterException(
                command, "%s: '%s' is not allowed; allowed is %s".formatted(option, value, allowed));
    }
}
