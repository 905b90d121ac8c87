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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.objectweb.asm.tree.ClassNode;

/** Values of labels that an expression asks for: jobs, processes, verdicts, patterns of operators. */
final class LabelValues {

    /** As the {@code PodMonitor} of production calls JobManagers and TaskManagers. */
    private static final String FLINK = "flink";

    private static final String SINKS =
            "org/apache/flink/streaming/runtime/translators/SinkTransformationTranslator$SinkExpander.class";

    private static final Pattern MATCHER =
            Pattern.compile("(?<!\\w)(job|job_name|exported_job|verdict|operator_name)\\s*[=!][~=]?\\s*\"([^\"$]+)\"");
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "job", processes(),
            "job_name", JobOptions.jobs(),
            "exported_job", JobOptions.jobs(),
            "verdict", verdicts(),
            "operator_name", operators());

    private LabelValues() {}

    /** Values that are asked for. */
    static Set<String> of(String expression) {
        return values(expression, false);
    }

    /** Those that the label never has. */
    static Set<String> unknown(String expression) {
        return values(expression, true);
    }

    private static Set<String> values(String expression, boolean unknown) {
        Set<String> values = new TreeSet<>();
        Matcher matcher = MATCHER.matcher(expression);
        while (matcher.find()) {
            for (String value : matcher.group(2).split("\\|")) {
                if (!unknown || KNOWN.get(matcher.group(1)).stream().noneMatch(it -> it.matches(value))) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    private static Set<String> processes() {
        Set<String> processes = new TreeSet<>(Metrics.processes());
        processes.add(FLINK);
        return processes;
    }

    /** Every text in the class that gives the metric its labels. */
    private static Set<String> verdicts() {
        Set<String> texts = new TreeSet<>();
        Service service = Service.named("results-api").orElseThrow();
        for (ClassNode node : CompiledClasses.below(service.classes())) {
            if (node.name.endsWith("/AuditMetrics")) {
                texts.addAll(CompiledClasses.texts(node));
            }
        }
        return texts;
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
