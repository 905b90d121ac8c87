// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.checks.compose.ComposeFile.Service;
import dev.streampane.checks.facts.BrokerSettings;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.ForeignImages;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.TelegrafOptions;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.Checkout;
import dev.streampane.local.command.Streampane;
import dev.streampane.local.stack.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What a compose file says that the code does not have: variables, settings, arguments, jobs, addresses, versions and topics. */
final class CodeCheck {

    private static final Pattern ADDRESS =
            Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]+)[:/](\\d{2,5})(?!\\d)");
    private static final Pattern TOPICS = Pattern.compile("topics = \\[([^]]*)]");

    private static final Pattern BUCKET = Pattern.compile("s3a?://([^/]+)/.*");
    private static final String STORE = "COM_ADOBE_TESTING_S3MOCK_STORE_";
    private static final String SLOTS = "taskmanager.numberOfTaskSlots";
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
            check.ports(service);
            check.addresses(service);
            if (repository(service).equals("prom/prometheus")) {
                check.scrapes(service);
            }
            check.version(service);
            check.telegraf(service);
            check.transactions(service);
            check.store(service);
        }
        check.slots();
        return check.findings;
    }

    private void variables(Service service) {
        service.environment()
                .forEach(
                        (name, value) -> {
                            if (!reads(service, name)) {
                                say(service, name + " is read by nobody");
                            }
                        });
        flinkProperties(service).keySet().stream()
                .filter(name -> !FlinkSettings.has(name))
                .forEach(name -> say(service, name + " is no setting of Flink"));
        flinkProperties(service).entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".factory.class"))
                .filter(entry -> !FlinkSettings.hasClass(entry.getValue()))
                .forEach(entry -> say(service, entry.getValue() + " is no class of Flink"));
    }

    private boolean reads(Service service, String variable) {
        Optional<dev.streampane.checks.facts.Service> own = own(service);
        if (own.isPresent()) {
            return ServiceSettings.of(own.get()).readsVariable(variable);
        }
        return switch (repository(service)) {
            case "apache/kafka" -> BrokerSettings.readsVariable(variable);
            case "streampane/flink-job" ->
                    variable.equals("FLINK_PROPERTIES")
                            || AWS.contains(variable)
                            || JobOptions.jobs().stream()
                                    .anyMatch(job -> JobOptions.readsVariable(job, variable));
            case "telegraf" -> mounted(service, "telegraf.conf").contains("${" + variable + "}");
            case "curlimages/curl" -> mounted(service, "import.sh").contains(variable);
            default -> ForeignImages.read(repository(service), variable);
        };
    }

    private void command(Service service) {
        if (!repository(service).equals("streampane/command")) {
            return;
        }
        try {
            ParseResult parsed =
                    new CommandLine(new Streampane())
                            .parseArgs(service.texts("command").toArray(String[]::new))
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
        Matcher bucket = BUCKET.matcher(value);
        if (bucket.matches()
                && file.services().stream()
                        .map(it -> it.environment().getOrDefault(STORE + "INITIAL_BUCKETS", ""))
                        .noneMatch(made -> List.of(made.split(",")).contains(bucket.group(1)))) {
            say(service, "nobody makes the bucket " + bucket.group(1));
        }
    }

    /** What an S3 server keeps is in a volume. */
    private void store(Service service) {
        String root = service.environment().get(STORE + "ROOT");
        if (root != null
                && service.texts("volumes").stream().noneMatch(it -> it.endsWith(":" + root))) {
            say(service, root + " is no volume");
        }
    }

    /** What is submitted runs at once, or waits for ever. */
    private void slots() {
        Map<String, Integer> taken = new TreeMap<>();
        int slots = 0;
        for (Service service : file.services()) {
            Map<String, String> flink = flinkProperties(service);
            if (flink.containsKey(SLOTS)) {
                slots = Integer.parseInt(flink.get(SLOTS));
            }
            List<String> arguments = service.texts("command");
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
        return Integer.parseInt(
                arguments.stream()
                        .filter(argument -> argument.startsWith(own))
                        .map(argument -> argument.substring(own.length()))
                        .findFirst()
                        .orElseGet(() -> JobOptions.fallback("parallelism", job)));
    }

    private void ports(Service service) {
        for (String port : service.texts("ports")) {
            int inside = ComposeCheck.container(port);
            if (!listens(service, inside)) {
                say(service, "does not listen on " + inside);
            }
            int outside = Integer.parseInt(port.split(":")[1]);
            if (own(service).isPresent() && outside != Ports.of(own(service).get())) {
                say(service, "is published on " + outside + ", not where every page says it is");
            }
        }
        own(service)
                .filter(own -> service.node().at("/build/args/PORT").asInt() != Ports.of(own))
                .ifPresent(own -> say(service, "is built for another port than " + Ports.of(own)));
    }

    private boolean listens(Service service, int port) {
        Optional<dev.streampane.checks.facts.Service> own = own(service);
        if (own.isPresent()) {
            return port == Ports.of(own.get());
        }
        return switch (repository(service)) {
            case "apache/kafka" ->
                    service.environment().get("KAFKA_LISTENERS").matches(".*:" + port + "\\b.*");
            case "streampane/flink-job" ->
                    port == Ports.of(Listener.FLINK)
                            || String.valueOf(port)
                                    .equals(
                                            flinkProperties(service)
                                                    .get("metrics.reporter.prom.port"));
            case "ghcr.io/kafbat/kafka-ui" ->
                    String.valueOf(port).equals(service.environment().get("SERVER_PORT"));
            case "telegraf" ->
                    mounted(service, "telegraf.conf")
                            .contains("service_address = \"http://127.0.0.1:" + port + "\"");
            default -> ForeignImages.listen(repository(service), port);
        };
    }

    /** Each {@code host:port} in variables, arguments, health checks and mounted files, as seen from inside of the network. */
    private void addresses(Service service) {
        List<String> texts = new ArrayList<>(service.environment().values());
        texts.addAll(service.texts("command"));
        service.node().at("/healthcheck/test").forEach(word -> texts.add(word.asText()));
        service.texts("volumes").stream()
                .filter(volume -> volume.startsWith("."))
                .map(this::path)
                .filter(Files::exists)
                .flatMap(CodeCheck::settings)
                .forEach(mounted -> texts.add(ComposeCheck.read(mounted)));
        for (String text : texts) {
            for (MatchResult address : ADDRESS.matcher(text).results().toList()) {
                address(service, address.group(1), Integer.parseInt(address.group(2)));
            }
        }
    }

    private void address(Service from, String host, int port) {
        Optional<Service> to = host.equals("localhost") ? Optional.of(from) : file.service(host);
        if (to.filter(it -> listens(it, port)).isEmpty()) {
            say(from, "nobody listens on " + host + ":" + port);
        }
    }

    /** What is mounted and says where others are: no dashboards, and no tests of alerts. */
    private static Stream<Path> settings(Path mounted) {
        try (Stream<Path> files = Files.walk(mounted)) {
            return files
                    .filter(it -> it.toString().matches(".*(?<!_test)\\.(yml|yaml|conf)"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prometheus asks our services where they answer, and finds what it asks for by name. */
    private void scrapes(Service service) {
        for (JsonNode scrape :
                yaml(mounted(service, "prometheus.yml"), new TypeReference<JsonNode>() {})
                        .path("scrape_configs")) {
            String path = scrape.path("metrics_path").asText("/metrics");
            scrape.at("/static_configs/0/targets")
                    .forEach(
                            target ->
                                    dev.streampane.checks.facts.Service.named(
                                                    target.asText().replaceAll(":.*", ""))
                                            .filter(own -> !Paths.has(own, path))
                                            .ifPresent(
                                                    own ->
                                                            say(
                                                                    service,
                                                                    own.module()
                                                                            + " does not answer "
                                                                            + path)));
            JsonNode found = scrape.at("/dns_sd_configs/0");
            found.path("names")
                    .forEach(name -> address(service, name.asText(), found.path("port").asInt()));
        }
    }

    private void version(Service service) {
        String property =
                switch (repository(service)) {
                    case "apache/kafka" -> "kafka.version";
                    case "docker.elastic.co/elasticsearch/elasticsearch",
                            "docker.elastic.co/kibana/kibana" ->
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
        if (!repository(service).equals("telegraf")) {
            return;
        }
        String conf = mounted(service, "telegraf.conf");
        TelegrafOptions.problems(conf).forEach(problem -> say(service, problem));
        Set<String> read = new TreeSet<>();
        for (MatchResult topics : TOPICS.matcher(conf).results().toList()) {
            for (String topic : topics.group(1).split(",")) {
                read.add(topic.strip().replace("\"", ""));
            }
        }
        read.removeAll(Topics.names());
        read.forEach(topic -> say(service, topic + " is no topic"));
    }

    /** A job whose transactions may stay open for longer than the broker lets them does not start. */
    private void transactions(Service service) {
        String limit = service.environment().get("KAFKA_TRANSACTION_MAX_TIMEOUT_MS");
        Duration wanted = Duration.parse("P" + JobOptions.fallback("transaction-timeout"));
        if (repository(service).equals("apache/kafka")
                && !String.valueOf(wanted.toMillis()).equals(limit)) {
            say(service, "lets transactions stay open for another time than the jobs want");
        }
    }

    private static Map<String, String> flinkProperties(Service service) {
        return yaml(
                service.environment().getOrDefault("FLINK_PROPERTIES", "{}"),
                new TypeReference<Map<String, String>>() {});
    }

    private static <T> T yaml(String text, TypeReference<T> type) {
        try {
            return new YAMLMapper().readValue(text, type);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private String mounted(Service service, String name) {
        return service.texts("volumes").stream()
                .filter(volume -> volume.startsWith("."))
                .map(this::path)
                .map(path -> path.endsWith(name) ? path : path.resolve(name))
                .filter(Files::isRegularFile)
                .map(ComposeCheck::read)
                .findFirst()
                .orElse("");
    }

    private Path path(String volume) {
        return file.folder().resolve(volume.substring(0, volume.indexOf(':'))).normalize();
    }

    private static Optional<dev.streampane.checks.facts.Service> own(Service service) {
        String repository = repository(service);
        return Images.isOwn(service.image())
                ? dev.streampane.checks.facts.Service.named(
                        repository.substring(repository.indexOf('/') + 1))
                : Optional.empty();
    }

    private static String repository(Service service) {
        String image = service.image();
        String name = image.substring(0, image.lastIndexOf(':'));
        return Images.isOwn(image) ? name.substring(name.indexOf("streampane/")) : name;
    }

    private void say(Service service, String finding) {
        findings.add(service.name() + ": " + finding);
    }
}
