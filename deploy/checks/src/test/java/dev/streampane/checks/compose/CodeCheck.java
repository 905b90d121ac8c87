// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import dev.streampane.checks.compose.ComposeFile.Service;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.TelegrafOptions;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.command.Streampane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/** What a compose file says that the code does not have: variables, settings, arguments, jobs, versions and topics. */
final class CodeCheck {

    private static final String SLOTS = "taskmanager.numberOfTaskSlots";
    private static final String COMMAND_IMAGE = "deploy/containers/command.Containerfile";
    private static final Map<String, String> VERSIONS = Map.of(
            "apache/kafka", "kafka.version",
            "docker.elastic.co/elasticsearch/elasticsearch", "elasticsearch.version",
            "docker.elastic.co/kibana/kibana", "elasticsearch.version");

    private final ComposeFile file;
    private final List<String> findings = new ArrayList<>();

    private CodeCheck(ComposeFile file) {
        this.file = file;
    }

    static List<String> findings(ComposeFile file) {
        CodeCheck check = new CodeCheck(file);
        for (Service service : file.services()) {
            Programs.unread(service.image(), service.environment().keySet(), file.texts(service), JobOptions.jobs())
                    .forEach(name -> check.say(service, name + " is read by nobody"));
            FlinkSettings.problems(service.flinkProperties()).forEach(problem -> check.say(service, problem));
            check.command(service);
            check.version(service);
            check.transactions(service);
            check.store(service);
            if (service.repository().equals("telegraf")) {
                check.telegraf(service);
            }
        }
        check.slots();
        return check.findings;
    }

    private void command(Service service) {
        if (!Programs.isCommand(service.image())) {
            return;
        }
        List<String> start = service.texts("entrypoint");
        String words = start.subList(0, start.indexOf(Streampane.class.getName()) + 1).stream()
                .map(word -> '"' + word + '"')
                .collect(Collectors.joining(", ", "ENTRYPOINT [", "]"));
        if (!start.isEmpty() && !Sources.text(COMMAND_IMAGE).contains(words)) {
            say(service, "does not start as its image does");
        }
        Programs.parse(service.arguments(), problem -> say(service, problem)).ifPresent(parsed -> {
            for (OptionSpec option : parsed.matchedOptions()) {
                option.originalStringValues().forEach(value -> argument(service, option.longestName(), value));
            }
        });
    }

    private void argument(Service service, String option, String value) {
        if (option.equals("--jobs") && !value.isEmpty()) {
            jobs(value)
                    .filter(job -> !JobOptions.jobs().contains(job))
                    .forEach(job -> say(service, job + " is no job"));
        }
        if (option.equals("--job-option")) {
            String name = value.substring(0, value.indexOf('='));
            String job = name.substring(0, Math.max(0, name.indexOf(':')));
            Set<String> known = job.isEmpty() ? JobOptions.all() : JobOptions.of(job);
            if (!known.contains(name.substring(name.indexOf(':') + 1))) {
                say(service, name + " is no option of a job");
            }
            given(service, name, value.substring(name.length() + 1));
        }
    }

    /** An option's value, where it names something that another file or service has. */
    private void given(Service service, String option, String value) {
        if (option.endsWith("-topic") && !Topics.names().contains(value)) {
            say(service, value + " is no topic");
        }
        Programs.bucket(value)
                .filter(bucket -> file.services().stream()
                        .noneMatch(it -> Programs.buckets(it.environment()).contains(bucket)))
                .ifPresent(bucket -> say(service, "nobody makes the bucket " + bucket));
    }

    /** What an S3 server keeps is in a volume. */
    private void store(Service service) {
        Programs.storeFolder(service.environment())
                .filter(folder -> service.texts("volumes").stream().noneMatch(it -> it.endsWith(":" + folder)))
                .ifPresent(folder -> say(service, folder + " is no volume"));
    }

    /** What is submitted runs at once, or waits for ever. */
    private void slots() {
        Map<String, Integer> taken = new TreeMap<>();
        int slots = 0;
        for (Service service : file.services()) {
            slots = Integer.parseInt(service.flinkProperties().getOrDefault(SLOTS, String.valueOf(slots)));
            List<String> arguments = service.arguments();
            arguments.stream()
                    .filter(argument -> argument.startsWith("--jobs="))
                    .flatMap(argument -> jobs(argument.substring("--jobs=".length())))
                    .forEach(job -> taken.putIfAbsent(job, parallelism(job, arguments)));
        }
        int wanted = taken.values().stream().mapToInt(Integer::intValue).sum();
        if (wanted > slots) {
            findings.add("jobs take " + wanted + " slots of " + slots);
        }
    }

    private static Stream<String> jobs(String list) {
        return list.equals("all") ? JobOptions.jobs().stream() : Stream.of(list.split(","));
    }

    private static int parallelism(String job, List<String> arguments) {
        String own = "--job-option=" + job + ":parallelism=";
        return Integer.parseInt(arguments.stream()
                .filter(argument -> argument.startsWith(own))
                .map(argument -> argument.substring(own.length()))
                .findFirst()
                .orElseGet(() -> JobOptions.fallback("parallelism", job)));
    }

    private void version(Service service) {
        String property = VERSIONS.get(service.repository());
        String tag = service.image().substring(service.image().lastIndexOf(':') + 1);
        if (property != null && !Sources.text("pom.xml").contains("<%s>%s</%1$s>".formatted(property, tag))) {
            say(service, tag + " is not the version that the tests run");
        }
    }

    private void telegraf(Service service) {
        Map<String, String> influx =
                file.service("influxdb").map(Service::environment).orElse(Map.of());
        TelegrafOptions.problems(file.mounted(service, "telegraf.conf"), influx)
                .forEach(problem -> say(service, problem));
    }

    /** A job whose transactions may stay open for longer than the broker lets them does not start. */
    private void transactions(Service service) {
        String limit = service.environment().get("KAFKA_TRANSACTION_MAX_TIMEOUT_MS");
        Duration wanted = Duration.parse("P" + JobOptions.fallback("transaction-timeout"));
        if (service.repository().equals("apache/kafka")
                && !String.valueOf(wanted.toMillis()).equals(limit)) {
            say(service, "lets transactions stay open for another time than the jobs want");
        }
    }

    private void say(Service service, String finding) {
        findings.add(service.name() + ": " + finding);
    }
}
