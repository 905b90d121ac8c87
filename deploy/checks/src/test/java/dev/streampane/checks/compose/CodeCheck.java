// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import dev.streampane.checks.compose.ComposeFile.Service;
import dev.streampane.checks.facts.BrokerSettings;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.ForeignImages;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.ObjectStore;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.TelegrafOptions;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.command.Streampane;
import dev.streampane.local.server.Checkout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What a compose file says that the code does not have: variables, settings, arguments, jobs, versions and topics. */
final class CodeCheck {

    private static final String SLOTS = "taskmanager.numberOfTaskSlots";
    private static final String COMMAND_IMAGE = "deploy/containers/command.Containerfile";
    private static final Set<String> AWS = Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

    private final ComposeFile file;
    private final List<String> findings = new ArrayList<>();

    private CodeCheck(ComposeFile file) {
        this.file = file;
    }

    static List<String> findings(ComposeFile file) {
        CodeCheck check = new CodeCheck(file);
        for (Service service : file.services()) {
            check.variables(service);
            check.command(service);
            check.version(service);
            check.telegraf(service);
            check.transactions(service);
            check.store(service);
        }
        check.slots();
        return check.findings;
    }

    private void variables(Service service) {
        service.environment().forEach((name, value) -> {
            if (!reads(service, name)) {
                say(service, name + " is read by nobody");
            }
        });
        service.flinkProperties().keySet().stream()
                .filter(name -> !FlinkSettings.has(name))
                .forEach(name -> say(service, name + " is no setting of Flink"));
        service.flinkProperties().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".factory.class"))
                .filter(entry -> !FlinkSettings.hasClass(entry.getValue()))
                .forEach(entry -> say(service, entry.getValue() + " is no class of Flink"));
    }

    private boolean reads(Service service, String variable) {
        Optional<dev.streampane.checks.facts.Service> own = service.own();
        if (own.isPresent()) {
            return ServiceSettings.of(own.get()).readsVariable(variable);
        }
        return switch (service.repository()) {
            case "apache/kafka" -> BrokerSettings.readsVariable(variable);
            case "streampane/flink-job" ->
                variable.equals("FLINK_PROPERTIES")
                        || AWS.contains(variable)
                        || JobOptions.jobs().stream().anyMatch(job -> JobOptions.readsVariable(job, variable));
            case "telegraf" -> file.mounted(service, "telegraf.conf").contains("${" + variable + "}");
            case "curlimages/curl" -> file.mounted(service, "import.sh").contains(variable);
            default -> ForeignImages.read(service.repository(), variable);
        };
    }

    private void command(Service service) {
        if (!service.repository().equals("streampane/command")) {
            return;
        }
        List<String> start = service.texts("entrypoint");
        String imageStarts = ComposeCheck.read(Checkout.root().resolve(COMMAND_IMAGE));
        String words = start.subList(0, start.indexOf(Streampane.class.getName()) + 1).stream()
                .map(word -> '"' + word + '"')
                .collect(Collectors.joining(", ", "ENTRYPOINT [", "]"));
        if (!start.isEmpty() && !imageStarts.contains(words)) {
            say(service, "does not start as its image does");
        }
        try {
            ParseResult parsed = new CommandLine(new Streampane())
                    .parseArgs(service.arguments().toArray(String[]::new))
                    .subcommand();
            for (OptionSpec option : parsed.matchedOptions()) {
                for (String value : option.originalStringValues()) {
                    argument(service, option.longestName(), value);
                }
            }
        } catch (ParameterException e) {
            say(service, e.getMessage());
        }
    }

    private void argument(Service service, String option, String value) {
        if (option.equals("--jobs") && !value.isEmpty() && !value.equals("all")) {
            for (String job : value.split(",")) {
                if (!JobOptions.jobs().contains(job)) {
                    say(service, job + " is no job");
                }
            }
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
        ObjectStore.bucket(value)
                .filter(bucket -> file.services().stream()
                        .noneMatch(it -> ObjectStore.buckets(it.environment()).contains(bucket)))
                .ifPresent(bucket -> say(service, "nobody makes the bucket " + bucket));
    }

    /** What an S3 server keeps is in a volume. */
    private void store(Service service) {
        ObjectStore.folder(service.environment())
                .filter(folder -> service.texts("volumes").stream().noneMatch(it -> it.endsWith(":" + folder)))
                .ifPresent(folder -> say(service, folder + " is no volume"));
    }

    /** What is submitted runs at once, or waits for ever. */
    private void slots() {
        Map<String, Integer> taken = new TreeMap<>();
        int slots = 0;
        for (Service service : file.services()) {
            Map<String, String> flink = service.flinkProperties();
            if (flink.containsKey(SLOTS)) {
                slots = Integer.parseInt(flink.get(SLOTS));
            }
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
        String property =
                switch (service.repository()) {
                    case "apache/kafka" -> "kafka.version";
                    case "docker.elastic.co/elasticsearch/elasticsearch", "docker.elastic.co/kibana/kibana" ->
                        "elasticsearch.version";
                    default -> "";
                };
        String tag = service.image().substring(service.image().lastIndexOf(':') + 1);
        if (!property.isEmpty()
                && !ComposeCheck.read(Checkout.root().resolve("pom.xml"))
                        .contains("<" + property + ">" + tag + "</" + property + ">")) {
            say(service, tag + " is not the version that the tests run");
        }
    }

    private void telegraf(Service service) {
        if (!service.repository().equals("telegraf")) {
            return;
        }
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
