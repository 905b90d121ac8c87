// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import dev.streampane.checks.facts.Metrics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The metrics that a running stack exposes with their labels, and those that Prometheus itself adds.
 *
 * @param labels labels by metric
 */
record Exposed(Map<String, Set<String>> labels) {

    private static final Set<String> OF_TARGETS = Set.of("job", "instance");

    /** What {@code deploy/dashboards/metrics} lists. */
    static Exposed byTheStack() {
        Map<String, Set<String>> labels = new TreeMap<>(Map.of("up", OF_TARGETS));
        Metrics.processes().stream()
                .flatMap(process -> Metrics.lines(process).stream())
                .forEach(words -> {
                    Set<String> of = labels.computeIfAbsent(words[0], name -> new TreeSet<>(OF_TARGETS));
                    for (String label : words.length < 3 ? new String[0] : words[2].split(",")) {
                        of.add(OF_TARGETS.contains(label) ? "exported_" + label : label);
                    }
                    if (words[1].equals("summary") || words[1].equals("histogram")) {
                        of.addAll(List.of("quantile", "le"));
                    }
                });
        return new Exposed(labels);
    }

    /** What an expression names that is not there: metrics, and labels that none of its metrics has. */
    Set<String> unknown(String expression) {
        Promql named = Promql.of(expression);
        Set<String> unknown = new TreeSet<>(named.metrics());
        unknown.removeAll(labels.keySet());
        Set<String> known = new TreeSet<>();
        named.metrics().forEach(metric -> known.addAll(labels.getOrDefault(metric, Set.of())));
        named.labels().stream().filter(label -> !known.contains(label)).forEach(unknown::add);
        return unknown;
    }
}
