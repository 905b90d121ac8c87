// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.command.Streampane;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The options that pages name: those of the {@code streampane} command, of jobs, of services and of scripts. */
final class Options {

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-zA-Z][\\w.-]*\\w");
    private static final Pattern CASE = Pattern.compile("(?m)^ +(?:-h \\| )?(--[a-z-]+)(?= \\||\\))");
    private static final Pattern OTHERS = Pattern.compile(
            "^(?:[A-Z_]+=\\S* )*(?:sudo )?(?:curl|mvn|docker|podman|kubectl|k|minikube|helm|npm|npx|node|kcat|K|jq|java|git|python3|pip|openssl|promtool|prometheus|duckdb|apt(?:-get)?|flink|stop|wrk|native-image|bin/kafka|kafka-\\S+)(?:\\s.*)?");

    /** Options of podman and docker that pages name without the command. */
    private static final Set<String> OF_CONTAINERS =
            Set.of("--build", "--build-arg", "--build-context", "--no-healthcheck", "--read-only");

    private static final List<String> SCRIPTS = scripts();
    private static final Pattern OF_BENCH = Pattern.compile("names = \"(--[a-z-]+)\"");
    private static final Set<String> BENCH = ofBench();
    private static final CommandLine STREAMPANE = new CommandLine(new Streampane());
    private static final Set<String> ANY = readAny();

    private Options() {}

    /** Those that a piece of code names and that nothing has. */
    static List<String> unknown(String code) {
        List<String> unknown = new ArrayList<>();
        for (String command : code.split("\\s(?:\\||\\|\\||&&|;)\\s")) {
            String stripped = command.strip();
            Set<String> known = known(stripped);
            OPTION.matcher(stripped.replaceAll("'[^']*'", "''"))
                    .results()
                    .map(MatchResult::group)
                    .filter(it -> !known.isEmpty() && !known.contains(it.replaceFirst("^(--kafka)\\..*", "$1.")))
                    .forEach(unknown::add);
        }
        return unknown;
    }

    /** What may stand in a command; nothing where that is not ours to say. */
    private static Set<String> known(String command) {
        String[] words = command.split("\\s+");
        boolean others = OTHERS.matcher(command).matches() && !words[0].equals("flink");
        for (int i = 0; i < words.length; i++) {
            if (words[i].matches("(?:.*deploy/)?streampane")) {
                return ofCommand(words, i + 1);
            }
            if (!others
                    && JobOptions.jobs().contains(words[i])
                    && i > 0
                    && !words[i - 1].matches("start|stop|rescale|replay|supersede|savepoints|logs|run|job")) {
                return ofJob(words[i]);
            }
        }
        if (SCRIPTS.contains(words[0])) {
            return ofScript(words[0]);
        }
        if (others || words[0].equals("flink")) {
            return Set.of();
        }
        return STREAMPANE.getSubcommands().containsKey(words[0]) ? ofCommand(words, 0) : ANY;
    }

    private static Set<String> ofCommand(String[] words, int first) {
        if (first < words.length && words[first].equals("bench")) {
            return BENCH;
        }
        if (first + 1 < words.length && words[first].equals("run")) {
            return ofJob(words[first + 1]);
        }
        CommandLine command = STREAMPANE;
        int next = first;
        while (next < words.length && command.getSubcommands().containsKey(words[next])) {
            command = command.getSubcommands().get(words[next++]);
        }
        Set<String> known = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
        if (command == STREAMPANE) {
            all(STREAMPANE, known);
        }
        return known;
    }

    /** As written, for deploy/bench is a program of its own. */
    private static Set<String> ofBench() {
        return Sources.files("deploy/bench/src/main/java/dev/streampane/bench").stream()
                .flatMap(file -> matches(OF_BENCH, Sources.text(file)))
                .collect(Collectors.toCollection(() -> new TreeSet<>(Set.of("--help"))));
    }

    private static Set<String> ofJob(String job) {
        Set<String> known = new TreeSet<>(Set.of("--help", "--kafka."));
        JobOptions.of(job).forEach(option -> known.add("--" + option));
        return known;
    }

    private static Set<String> ofScript(String script) {
        return matches(CASE, Sources.text(script)).collect(Collectors.toSet());
    }

    private static Stream<String> matches(Pattern option, String text) {
        return option.matcher(text).results().map(it -> it.group(1));
    }

    private static Set<String> readAny() {
        Set<String> known = new TreeSet<>(List.of("--name")); // stands for any option
        known.addAll(OF_CONTAINERS);
        known.addAll(BENCH);
        all(STREAMPANE, known);
        JobOptions.jobs().forEach(job -> known.addAll(ofJob(job)));
        SCRIPTS.forEach(script -> known.addAll(ofScript(script)));
        for (Service service : Service.values()) {
            known.addAll(service.options());
        }
        return known;
    }

    private static void all(CommandLine command, Set<String> known) {
        known.addAll(command.getCommandSpec().optionsMap().keySet());
        command.getSubcommands().values().forEach(sub -> all(sub, known));
    }

    /** Programs of this checkout that read their options themselves. */
    private static List<String> scripts() {
        Path root = Checkout.root();
        try (var files = Files.walk(root.resolve("deploy"), 3)) {
            return files.filter(Files::isRegularFile)
                    .filter(Files::isExecutable)
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !file.contains("/target/") && !file.equals("deploy/streampane"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
