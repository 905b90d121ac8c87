// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.docs;

import dev.streampane.checks.facts.BrokerSettings;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether a name of a page is one that something here has. */
final class Known {

    /** Topics that a user makes, by those names when he takes our words for it. */
    private static final Set<String> TOPICS_OF_USERS = Set.of("weather_data", "client_amount", "words");

    /** What Kubernetes says by itself of each of its Services. */
    private static final String OF_KUBERNETES = "_SERVICE_HOST";

    private static final String COMPOSE_VARIABLES = Sources.text("deploy/compose/.env");
    private static final Set<String> METRICS = Metrics.all();
    private static final List<Path> FILES = files();

    private Known() {}

    static boolean isVariable(String name) {
        return services().stream().anyMatch(settings -> settings.readsVariable(name))
                || BrokerSettings.readsVariable(name)
                || JobOptions.jobs().stream().anyMatch(job -> JobOptions.readsVariable(job, name))
                || Set.of("STREAMPANE_DEBUG", "STREAMPANE_JAVA_OPTIONS", "STREAMPANE_NAME")
                        .contains(name)
                || name.endsWith(OF_KUBERNETES)
                || COMPOSE_VARIABLES.contains("\n" + name + "=");
    }

    static boolean isProperty(String written) {
        String name = written.replaceAll("<[a-z]+>", "late").replaceAll("\\.\\*$", "");
        boolean prefix = !name.equals(written.replaceAll("<[a-z]+>", "late"));
        return services().stream()
                .anyMatch(settings -> settings.readsProperty(name)
                        || settings.isFixedByTheBuild(name)
                        || prefix && settings.hasPropertiesBelow(name));
    }

    static boolean isMetric(String name) {
        return METRICS.contains(name)
                || METRICS.stream().anyMatch(it -> it.matches(Pattern.quote(name) + "_(?:count|sum|max|bucket)"));
    }

    static boolean isTopic(String name) {
        return Topics.names().contains(name) || TOPICS_OF_USERS.contains(name);
    }

    static boolean isPort(String port) {
        return Ports.all().contains(Integer.valueOf(port)) || COMPOSE_VARIABLES.contains("_PORT=" + port + "\n");
    }

    private static List<ServiceSettings> services() {
        return Arrays.stream(Service.values()).map(ServiceSettings::of).toList();
    }

    static boolean isTest(String name) {
        return FILES.stream().map(file -> file.getFileName().toString()).anyMatch(file -> file.equals(name + ".java"));
    }

    private static List<Path> files() {
        List<Path> files = new ArrayList<>();
        Page.visit(files::add);
        return files;
    }
}
