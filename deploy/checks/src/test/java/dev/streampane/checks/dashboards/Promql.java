// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import dev.streampane.checks.facts.CompiledClasses;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an expression of Prometheus names; promtool knows its grammar.
 *
 * @param names every word that is neither a function nor an operator: metrics and labels
 * @param values of labels whose values are known; each with its label
 */
record Promql(Set<String> names, Set<Value> values) {

    /** A value that a label is compared with, or one of a pattern's. */
    record Value(String label, String text) {}

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|\\[[^]]*]");
    private static final Pattern NAME =
            Pattern.compile("(?<![\\w$.])[A-Za-z_:][\\w:]*(?![\\w:])(?!\\s*\\(|\\s+(?:by|without)\\b)");
    private static final Set<String> OPERATORS =
            Set.of("and", "or", "unless", "bool", "offset", "by", "without", "group_left", "group_right");
    private static final Pattern MATCHER =
            Pattern.compile("(?<!\\w)(job|job_name|exported_job|verdict)\\s*[=!][~=]?\\s*\"([^\"$]+)\"");

    /** Metrics and labels that a running stack exposes, and those that Prometheus itself adds. */
    private static final Set<String> EXPOSED = exposed();

    private static final Map<String, Set<String>> VALUES = Map.of(
            "job", processes(),
            "job_name", flinkJobs(),
            "exported_job", JobOptions.jobs(),
            "verdict", verdicts());

    static Promql of(String expression) {
        Set<String> names = NAME.matcher(TEXT.matcher(expression).replaceAll(" "))
                .results()
                .map(MatchResult::group)
                .filter(name -> !OPERATORS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Value> values = new HashSet<>();
        MATCHER.matcher(expression).results().forEach(it -> Stream.of(
                        it.group(2).split("\\|"))
                .forEach(value -> values.add(new Value(it.group(1), value))));
        return new Promql(names, values);
    }

    /** What is not there: metrics, labels, and values that a label never has. */
    Set<String> unknown() {
        Set<String> unknown = new TreeSet<>(names);
        unknown.removeAll(EXPOSED);
        values.stream()
                .filter(it -> VALUES.get(it.label()).stream().noneMatch(known -> known.matches(it.text())))
                .forEach(it -> unknown.add(it.text()));
        return unknown;
    }

    private static Set<String> exposed() {
        Set<String> exposed = new TreeSet<>(
                Set.of("up", "job", "instance", "namespace", "exported_job", "exported_instance", "quantile", "le"));
        for (String process : Metrics.processes()) {
            for (String[] words : Metrics.lines(process)) {
                exposed.add(words[0]);
                exposed.addAll(words.length < 3 ? List.of() : List.of(words[2].split(",")));
            }
        }
        return exposed;
    }

    /** A replay of a job is one of its own for Flink. */
    private static Set<String> flinkJobs() {
        return JobOptions.jobs().stream()
                .flatMap(job -> Stream.of(job, "replay of " + job))
                .collect(Collectors.toSet());
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
}
