// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import dev.streampane.checks.compose.ComposeFile.Container;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.command.Streampane;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/** What a compose file says that the code does not have: variables, settings, arguments, jobs, versions and topics. */
final class CodeCheck {

    private static final Map<String, String> VERSIONS = Map.of(
            "apache/kafka", "kafka.version",
            "docker.elastic.co/elasticsearch/elasticsearch", "elasticsearch.version",
            "docker.elastic.co/kibana/kibana", "elasticsearch.version");

    private final ComposeFile file;
    private final Findings found;

    CodeCheck(ComposeFile file, Findings found) {
        this.file = file;
        this.found = found;
    }

    void check() {
        for (Container container : file.containers()) {
            Map<String, String> environment = container.environment();
            List<String> texts = List.of(container.mounted("import.sh"));
            Programs.unread(container.image(), environment.keySet(), texts, JobOptions.jobs())
                    .forEach(it -> say(container, it + " is read by nobody"));
            FlinkSettings.unknown(container.flinkProperties().keySet())
                    .forEach(it -> say(container, "Flink has no option " + it));
            Topics.ofTelegraf(container.mounted("telegraf.conf")).forEach(it -> say(container, it));
            memory(container);
            command(container);
            version(container);
            transactions(container, environment);
        }
    }

    private void memory(Container container) {
        Map<String, String> flink = container.flinkProperties();
        boolean ends = Stream.of("env.java.opts.jobmanager", "env.java.opts.taskmanager")
                .allMatch(it -> flink.getOrDefault(it, "").equals("-XX:+ExitOnOutOfMemoryError"));
        if (!flink.isEmpty() && !ends) {
            say(container, "lives on without the threads that memory has ended");
        }
    }

    private void command(Container container) {
        if (!Programs.isCommand(container.image())) {
            return;
        }
        List<String> start = container.texts("entrypoint");
        String words = start.subList(0, start.indexOf(Streampane.class.getName()) + 1).stream()
                .map(word -> '"' + word + '"')
                .collect(Collectors.joining(", ", "ENTRYPOINT [", "]"));
        if (!start.isEmpty()
                && !Sources.text("deploy/containers/command.Containerfile").contains(words)) {
            say(container, "does not start as its image does");
        }
        Programs.parse(container.arguments(), problem -> say(container, problem))
                .ifPresent(parsed -> {
                    for (OptionSpec option : parsed.matchedOptions()) {
                        option.originalStringValues().forEach(it -> argument(container, option.longestName(), it));
                    }
                });
    }

    private void argument(Container container, String option, String value) {
        if (option.equals("--jobs") && !value.matches("all|")) {
            Stream.of(value.split(","))
                    .filter(job -> !JobOptions.jobs().contains(job))
                    .forEach(job -> say(container, job + " is no job"));
        }
        if (option.equals("--job-option")) {
            String name = value.substring(0, value.indexOf('='));
            String given = value.substring(name.length() + 1);
            String job = name.substring(0, Math.max(0, name.indexOf(':')));
            Set<String> known = job.isEmpty() ? JobOptions.all() : JobOptions.of(job);
            if (!known.contains(name.substring(name.indexOf(':') + 1))) {
                say(container, name + " is no option of a job");
            }
            if (name.endsWith("-topic") && !Topics.names().contains(given)) {
                say(container, given + " is no topic");
            }
            Programs.bucket(given)
                    .filter(bucket -> file.containers().stream()
                            .noneMatch(it -> Programs.buckets(it.environment()).contains(bucket)))
                    .ifPresent(bucket -> say(container, "nobody makes the bucket " + bucket));
        }
    }

    private void version(Container container) {
        String property = VERSIONS.get(container.repository());
        String tag = container.image().substring(container.image().lastIndexOf(':') + 1);
        if (property != null && !Sources.text("pom.xml").contains("<%s>%s</%1$s>".formatted(property, tag))) {
            say(container, tag + " is not the version that the tests run");
        }
    }

    /** A job whose transactions may stay open for longer than the broker lets them does not start. */
    private void transactions(Container container, Map<String, String> environment) {
        Duration wanted = Duration.parse("P" + JobOptions.fallback("transaction-timeout"));
        String limit = environment.get("KAFKA_TRANSACTION_MAX_TIMEOUT_MS");
        if (container.repository().equals("apache/kafka") && !("" + wanted.toMillis()).equals(limit)) {
            say(container, "lets transactions stay open for another time than the jobs want");
        }
    }

    private void say(Container container, String finding) {
        found.say("%s: %s", container.name(), finding);
    }
}
