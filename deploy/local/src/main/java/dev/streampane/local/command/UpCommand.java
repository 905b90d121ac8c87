// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.contract.Durations;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.Retention;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.ServerProcess;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.stack.Console;
import dev.streampane.local.stack.DataFolder;
import dev.streampane.local.stack.Preflight;
import dev.streampane.local.stack.Stack;
import dev.streampane.local.stack.StackSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streampane up}: starts the stack, supervises it, and ends it. */
@Command(
        name = "up",
        description = {
            "Starts the stack and supervises it until Ctrl-C.",
            "The stack is Kafka, Elasticsearch, Flink, both simulators, the jobs and",
            "results-api. A second 'up' continues where the last one ended."
        },
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = """

                Examples:
                  streampane up
                  streampane up --for 3m --window 10s
                  streampane up --jobs all
                  streampane up --fresh --window 'tumbling(1m);sliding(5m,1m)'
                  streampane up --retention window-results=365d
                  streampane up --fresh --rate 1000 --seed 42
                  streampane up --data /tmp/second --port-offset 10000
                  streampane up --job-option weather-average:allowed-lateness=10s""")
final class UpCommand extends StackCommand {

    private static final int LARGEST_RATE = 100_000;
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
    private static final Duration SHORTEST_RETENTION = Duration.ofMinutes(1);
    private static final Map<String, String> OWN_OPTIONS = Map.of(
            "windows", "--window",
            "generation", "--new-generation",
            "state-dir", "--data",
            "bootstrap-servers", "--port-offset",
            "elasticsearch-url", "--port-offset");
    private static final Map<String, String> OWN_BROKER_SETTINGS = Map.of(
            "log.dirs", "--data",
            "log.dir", "--data",
            "metadata.log.dir", "--data",
            "listeners", "--port-offset",
            "advertised.listeners", "--port-offset",
            "controller.quorum.voters", "--port-offset");
    private static final String WINDOWS =
            "a time from 1ms to 1d, such as 10s, or specifications such as 'tumbling(1m)'";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "Stops this long after it is ready, such as 2m (default: never).")
    private Duration lifetime;

    @Option(names = "--fresh", description = "Deletes the data of earlier runs first.")
    private boolean fresh;

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "Adds N to every port (default: ${DEFAULT-VALUE}).")
    private int portOffset;

    @Option(
            names = "--jobs",
            paramLabel = "JOB",
            split = ",",
            description = "Jobs to run, comma-separated, or all (default: the first five):"
                    + " weather-average, transaction-total, index-results, word-count,"
                    + " fraud-detection, time-series-archive, time-series-speed.")
    private List<String> jobs;

    @Option(
            names = "--window",
            paramLabel = "TIME|SPECS",
            description = "Windows of weather-average and transaction-total: a size such as 10s, or"
                    + " specifications with ; such as 'tumbling(1m);sliding(5m,1m)'"
                    + " (default: as at the last run, at first 1m).")
    private String window;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Readings per second, 1 to 100000 (default: three devices, 0.8 per second).")
    private Integer rate;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of both simulators (default: theirs).")
    private Long seed;

    @Option(names = "--no-simulators", description = "Runs without the simulators.")
    private boolean noSimulators;

    @Option(names = "--native", description = "Runs the services from their native executables, as last built.")
    private boolean nativeServices;

    @Mixin
    private JobOptions jobOptions;

    @Option(names = "--kafka-config", paramLabel = "NAME=VALUE", description = "A setting of the broker; repeatable.")
    private List<String> kafkaConfig;

    @Option(
            names = "--retention",
            paramLabel = "TOPIC=TIME",
            description = "For how long a topic keeps its records, such as 30d, or"
                    + " unlimited; repeatable. The setting stays until the next"
                    + " one for the topic (at first: deploy/topics.yml).")
    private List<String> retention;

    @Option(names = "--preflight", hidden = true)
    private boolean preflightOnly;

    @Option(names = "--json", description = "Prints one JSON object per event.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        StackSettings settings = settings();
        Console console = Terminal.console(json);
        try (DataFolder folder = DataFolder.take(settings.data())) {
            RunningStack.endLeftOvers(settings.data(), console);
            new Preflight().check(settings);
            if (!fresh) {
                folder.checkDigits();
            }
            if (preflightOnly) {
                return 0;
            }
            JobOptions.check(settings.jobOptions(), settings.jobs(), Checkout.jobJar(), OWN_OPTIONS);
            if (fresh) {
                folder.clear();
            }
            Stack stack = new Stack(settings, console);
            ServerProcess.beforeKilling(() -> {
                stack.stop();
                console.close();
            });
            try {
                stack.start();
                stack.supervise(Optional.ofNullable(lifetime).map(t -> System.nanoTime() + t.toNanos()));
            } finally {
                stack.stop();
            }
            return 0;
        } finally {
            console.close();
        }
    }

    /** The settings from the options, checked. */
    StackSettings settings() {
        checkRange("--port-offset", portOffset, 0, StackPort.LARGEST_OFFSET);
        if (lifetime != null) {
            checkPositive("--for", lifetime);
        }
        if (rate != null) {
            checkRange("--rate", rate, 1, LARGEST_RATE);
        }
        List<String> started =
                jobs == null ? StackSettings.DEFAULT_JOBS : JobOptions.jobs(commandLine(), "--jobs", jobs);
        return new StackSettings(
                data().folder(),
                portOffset,
                started,
                Optional.ofNullable(window).map(this::windows),
                Optional.ofNullable(rate),
                Optional.ofNullable(seed),
                !noSimulators,
                jobOptions.pairs(OWN_OPTIONS),
                jobOptions.newGenerations(started),
                brokerSettings(),
                retentions(),
                nativeServices ? ServiceBuild.NATIVE : ServiceBuild.JVM);
    }

    private Map<String, String> brokerSettings() {
        Map<String, String> settings = JobOptions.pairs(commandLine(), "--kafka-config", kafkaConfig);
        OWN_BROKER_SETTINGS.forEach((name, option) -> {
            if (settings.containsKey(name)) {
                throw wrong("--kafka-config", name + "=" + settings.get(name), option + " for this");
            }
        });
        return settings;
    }

    /** The retention by topic; a topic whose cleanup policy does not delete is refused. */
    private Map<String, Duration> retentions() {
        Map<String, Duration> retentions = new LinkedHashMap<>();
        JobOptions.pairs(commandLine(), "--retention", retention)
                .forEach((topic, time) -> retentions.put(topic, retention(topic, time)));
        return retentions;
    }

    private Duration retention(String topic, String time) {
        List<String> deleting = TopicCatalogue.load().topics().stream()
                .filter(one ->
                        one.config().getOrDefault("cleanup.policy", "delete").contains("delete"))
                .map(TopicCatalogue.Topic::name)
                .toList();
        if (!deleting.contains(topic)) {
            throw wrong("--retention", topic + "=" + time, String.join(", ", deleting));
        }
        if (time.equals("unlimited")) {
            return Retention.UNLIMITED;
        }
        return OptionValues.findDuration(time)
                .filter(kept -> kept.compareTo(SHORTEST_RETENTION) >= 0)
                .orElseThrow(
                        () -> wrong("--retention", topic + "=" + time, "TOPIC=TIME, from 1m on, or TOPIC=unlimited"));
    }

    /** Specifications, or a size, which makes a tumbling window. The job itself checks whether it supports them. */
    private String windows(String text) {
        if (text.indexOf('(') >= 0) {
            return specifications("--window", text);
        }
        return OptionValues.findDuration(text)
                .filter(size -> size.toMillis() >= 1 && size.compareTo(LONGEST_WINDOW) <= 0)
                .map(size -> "tumbling(" + Durations.format(size) + ")")
                .orElseThrow(() -> wrong("--window", text, WINDOWS));
    }
}
