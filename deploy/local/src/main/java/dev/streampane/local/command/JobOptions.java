// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of subcommands that start jobs. Parses {@code NAME=VALUE} pairs, and checks them against the options that the jobs have. */
final class JobOptions extends OptionGroup {

    /** The option for the topic that a job writes its generations to. Streampane would not find generations in another topic. */
    static final String RUNS_TOPIC = "job-runs-topic";

    static final String WITHOUT_RUNS_TOPIC = "to leave it out: streampane reads job-runs alone";

    private static final List<String> OF_EVERY_JOB = List.of("config", "kafka.*");

    @Option(
            names = "--job-option",
            paramLabel = "[JOB:]NAME=VALUE",
            description = "An option for each of the jobs that has it, or for one; repeatable.")
    private List<String> jobOptions;

    @Option(
            names = "--new-generation",
            paramLabel = "JOB",
            split = ",",
            description = "Jobs, or all, that start without state, as a new generation.")
    private List<String> newGenerations;

    /**
     * The options of jobs with their values.
     *
     * @param own options of jobs that are refused here, with the option of the command to use instead
     */
    Map<String, String> pairs(Map<String, String> own) {
        Map<String, String> pairs = pairs(commandLine(), "--job-option", jobOptions);
        pairs.forEach((name, value) -> insteadOf(name, own).ifPresent(instead -> {
            throw wrong("--job-option", name + "=" + value, instead);
        }));
        return pairs;
    }

    /** The jobs that begin a new generation: all of them for {@code all}, else only jobs that are to be started. */
    List<String> newGenerations(List<String> started) {
        if (newGenerations == null) {
            return List.of();
        }
        List<String> jobs = jobs(commandLine(), "--new-generation", newGenerations);
        if (jobs.equals(newGenerations) && !started.containsAll(jobs)) {
            throw wrong(
                    "--new-generation",
                    String.join(",", jobs),
                    "all, or of what is started: " + String.join(", ", started));
        }
        return jobs;
    }

    /** What to use instead of {@code --job-option [JOB:]NAME=…}; empty when the option is allowed. */
    private static Optional<String> insteadOf(String name, Map<String, String> own) {
        int colon = name.indexOf(':');
        String option = name.substring(colon + 1);
        if (option.equals(RUNS_TOPIC)) {
            return Optional.of(WITHOUT_RUNS_TOPIC);
        }
        boolean ofWindowJob = colon < 0 || StackSettings.WINDOW_JOBS.contains(name.substring(0, colon));
        return option.equals("windows") && !ofWindowJob
                ? Optional.empty()
                : Optional.ofNullable(own.get(option)).map(instead -> instead + " for this");
    }

    /** The jobs of these names; all jobs for {@code all}. */
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

    /**
     * Refuses {@code NAME=VALUE} when none of the jobs to be started has the option, as each job ignores options that it does not have, and
     * {@code JOB:NAME=VALUE} when that job does not have it.
     *
     * @param jar the jobs' jar, which lists their options; not read when there is nothing to check
     * @param own see {@link #pairs(Map)}
     * @throws StackException naming the option, its value and what is allowed
     */
    static void check(Map<String, String> options, List<String> jobs, Path jar, Map<String, String> own) {
        if (options.isEmpty()) {
            return;
        }
        Map<String, List<String>> known = known(jar);
        options.forEach((name, value) -> {
            int colon = name.indexOf(':');
            String option = name.substring(colon + 1);
            List<String> whose = colon < 0 ? jobs : List.of(name.substring(0, colon));
            Set<String> allowed = new LinkedHashSet<>();
            whose.forEach(job -> known.getOrDefault(job, List.of()).stream()
                    .filter(one ->
                            insteadOf(name.substring(0, colon + 1) + one, own).isEmpty())
                    .forEach(allowed::add));
            if (allowed.isEmpty()) {
                throw unknown(name, value, "a job before the colon", known.keySet());
            }
            allowed.addAll(OF_EVERY_JOB);
            if (!allowed.contains(option.replaceFirst("^kafka\\..+", "kafka.*"))) {
                throw unknown(name, value, "an option of " + String.join(", ", whose), allowed);
            }
        });
    }

    /** The refusal of an option. It does not show the value of a Kafka client's option, which may be a password. */
    private static StackException unknown(String name, String value, String what, Collection<String> allowed) {
        return StackException.notAllowed("--job-option: '%s=%s' is not allowed; allowed is %s: %s"
                .formatted(name, name.contains("kafka.") ? "…" : value, what, String.join(", ", allowed)));
    }

    /** The options of each job. */
    private static Map<String, List<String>> known(Path jar) {
        Properties told = new Properties();
        try (ZipFile file = new ZipFile(jar.toFile())) {
            ZipEntry options = file.getEntry("dev/streampane/pipeline/job/options.properties");
            if (options == null) {
                throw new IOException("it has no options of jobs");
            }
            told.load(file.getInputStream(options));
        } catch (IOException e) {
            throw StackException.notAllowed(jar + " is not the jar of the jobs: " + e, e);
        }
        Map<String, List<String>> known = new TreeMap<>();
        told.forEach((job, options) -> known.put((String) job, List.of(((String) options).split(" "))));
        return known;
    }

    static ParameterException wrong(CommandLine command, String option, Object value, String allowed) {
        return new ParameterException(
                command, "%s: '%s' is not allowed; allowed is %s".formatted(option, value, allowed));
    }
}
