// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import dev.streampane.checks.facts.ClassPaths;
import dev.streampane.checks.facts.CompiledClasses;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Service;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an expression of Prometheus names.
 *
 * @param labels labels, of matchers, groupings and joins
 * @param values of labels whose values are known; each with its label
 */
record Promql(Set<String> metrics, Set<String> labels, Set<Value> values) {

    /** A value that a label is compared with, or one of a pattern's. */
    record Value(String label, String text) {}

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Pattern LABELS =
            Pattern.compile("\\{([^}]*)}|\\b(?:%s)\\s*\\(([^)]*)\\)".formatted(String.join("|", GROUPING)));
    private static final Pattern NAME = Pattern.compile("[A-Za-z_:][\\w:]*");
    private static final Pattern METRIC = Pattern.compile("(?<![\\w$.])" + NAME + "(?![\\w:])(?!\\s*\\()");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "by", "without");
    private static final Pattern MATCHER =
            Pattern.compile("(?<!\\w)(job|job_name|exported_job|verdict|operator_name)\\s*[=!][~=]?\\s*\"([^\"$]+)\"");

    private static final Set<String> OF_TARGETS = Set.of("job", "instance");
    private static final String SINKS =
            "org/apache/flink/streaming/runtime/translators/SinkTransformationTranslator$SinkExpander.class";

    /** The metrics that a running stack exposes with their labels, and those that Prometheus itself adds. */
    private static final Map<String, Set<String>> EXPOSED = exposed();

    private static final Map<String, Set<String>> VALUES = Map.of(
            "job", processes(),
            "job_name", JobOptions.jobs(),
            "exported_job", JobOptions.jobs(),
            "verdict", verdicts(),
            "operator_name", operators());

    static Promql of(String expression) {
        Set<String> labels = new TreeSet<>();
        String rest =
                RANGE.matcher(STRING.matcher(expression).replaceAll("\"\"")).replaceAll(" ");
        LABELS.matcher(rest).results().forEach(it -> NAME.matcher(it.group())
                .results()
                .map(MatchResult::group)
                .filter(name -> !GROUPING.contains(name))
                .forEach(labels::add));
        Set<String> metrics = new TreeSet<>();
        METRIC.matcher(LABELS.matcher(rest).replaceAll(" "))
                .results()
                .map(MatchResult::group)
                .filter(name -> !WORDS.contains(name))
                .forEach(metrics::add);
        Set<Value> values = new HashSet<>();
        MATCHER.matcher(expression).results().forEach(it -> Stream.of(
                        it.group(2).split("\\|"))
                .forEach(value -> values.add(new Value(it.group(1), value))));
        return new Promql(metrics, labels, values);
    }

    /** What is not there: metrics, labels that none of the metrics has, and values that a label never has. */
    Set<String> unknown() {
        Set<String> unknown = new TreeSet<>(labels);
        metrics.forEach(metric -> unknown.removeAll(EXPOSED.getOrDefault(metric, Set.of())));
        metrics.stream().filter(metric -> !EXPOSED.containsKey(metric)).forEach(unknown::add);
        values.stream()
                .filter(it -> VALUES.get(it.label()).stream().noneMatch(known -> known.matches(it.text())))
                .forEach(it -> unknown.add(it.text()));
        return unknown;
    }

    private static Map<String, Set<String>> exposed() {
        Map<String, Set<String>> labels = new TreeMap<>(Map.of("up", OF_TARGETS));
        for (String process : Metrics.processes()) {
            for (String[] words : Metrics.lines(process)) {
                Set<String> of = labels.computeIfAbsent(words[0], name -> new TreeSet<>(OF_TARGETS));
                for (String label : words.length < 3 ? new String[0] : words[2].split(",")) {
                    of.add(OF_TARGETS.contains(label) ? "exported_" + label : label);
                }
                of.addAll(words[1].matches("summary|histogram") ? List.of("quantile", "le") : List.of());
            }
        }
        return labels;
    }

    /** {@code flink} is what the {@code PodMonitor} of production calls JobManagers and TaskManagers. */
    private static Set<String> processes() {
        Set<String> processes = new TreeSet<>(Metrics.processes());
        processes.add("flink");
        return processes;
    }

    /** Every text in the class that gives the metric its labels. */
    private static Set<String> verdicts() {
        return Service.RESULTS_API.compiled().stream()
                .filter(node -> node.name.endsWith("/AuditMetrics"))
                .flatMap(node -> CompiledClasses.texts(node).stream())
                .collect(Collectors.toSet());
    }

    /** Every text of the jobs, and what Flink calls the parts of a sink. */
    private static Set<String> operators() {
        Set<String> texts = new TreeSet<>();
        CompiledClasses.below(Checkout.root().resolve("flink-pipeline/target/classes"))
                .forEach(node -> texts.addAll(CompiledClasses.texts(node)));
        try (URLClassLoader flink = ClassPaths.open("flink");
                InputStream sinks = flink.getResourceAsStream(SINKS)) {
            texts.addAll(CompiledClasses.texts(CompiledClasses.read(sinks.readAllBytes())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
