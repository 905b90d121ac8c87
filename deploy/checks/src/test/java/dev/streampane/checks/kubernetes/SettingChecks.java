// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ForeignImages;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.TelegrafOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Variables of services and jobs, arguments of jobs, and settings of others' programs, against what each reads. */
final class SettingChecks {

    private static final String TELEGRAF = "telegraf.conf";
    private static final String JOB_KAFKA = "STREAMPANE_KAFKA_";

    /** The jobs' clients are newer than the services', whose settings do not have these. */
    private static final String PROVIDERS = "config.providers";

    /** What Flink's S3 file system reads, beside the jobs. */
    private static final Set<String> S3 = Set.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

    private SettingChecks() {}

    /** Variables that no service reads. */
    static List<String> services(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.ours().filter(SettingChecks::isService).toList()) {
            Optional<Service> service = Service.named(pods.service());
            if (service.isEmpty()) {
                problems.add(pods.name() + ": there is no such service");
                continue;
            }
            for (JsonNode container : pods.containers()) {
                ServiceSettings.of(service.get())
                        .unread(Pods.environment(container).keySet())
                        .forEach(name -> problems.add(pods.name() + ": nothing reads " + name));
            }
        }
        return problems;
    }

    /** Settings of others' programs that they do not have. */
    static List<String> foreign(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode map : manifests.all("ConfigMap")) {
            if (map.path("data").has(TELEGRAF)) {
                TelegrafOptions.problems(map.path("data").path(TELEGRAF).asText(), influx(manifests))
                        .forEach(it -> problems.add(Manifests.nameOf(map) + ": " + it));
            }
        }
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                String image = container.path("image").asText();
                String script = container.path("command").toString() + container.path("args");
                if (!image.isEmpty() && !Manifests.isOurs(image)) {
                    Pods.environment(container).keySet().stream()
                            .filter(name -> !script.contains("$" + name))
                            .filter(name -> !script.contains("${" + name + "}"))
                            .filter(name -> !readsForeign(manifests, image, name))
                            .forEach(it -> problems.add(pods.name() + ": nothing reads " + it));
                }
            }
        }
        return problems;
    }

    /** Variables and arguments that jobs do not read. */
    static List<String> jobs(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.ours().filter(Pods::isFlink).toList()) {
            String job = pods.owner().at("/spec/job/args/0").asText();
            if (!job.equals(pods.service()) || !JobOptions.jobs().contains(job)) {
                problems.add(pods.name() + ": its job is " + job);
            }
            arguments(pods).keySet().stream()
                    .filter(option -> !JobOptions.of(job).contains(option))
                    .forEach(option -> problems.add("%s: %s has no option --%s".formatted(pods.name(), job, option)));
            for (JsonNode container : pods.containers()) {
                Pods.environment(container).keySet().stream()
                        .filter(name -> !reads(job, name))
                        .forEach(name -> problems.add(pods.name() + ": nothing reads " + name));
            }
        }
        return problems;
    }

    /** The arguments of a job by option, all of them as {@code --option=value}. */
    static Map<String, String> arguments(Pods pods) {
        Map<String, String> arguments = new java.util.LinkedHashMap<>();
        JsonNode args = pods.owner().at("/spec/job/args");
        for (int i = 1; i < args.size(); i++) {
            String[] parts = args.get(i).asText().split("=", 2);
            arguments.put(parts[0].replaceFirst("^--", ""), parts.length == 2 ? parts[1] : "");
        }
        return arguments;
    }

    /** Whether a client of Kafka has the property. */
    static boolean isKafka(String property) {
        return ServiceSettings.kafka().contains(property) || property.startsWith(PROVIDERS);
    }

    private static Map<String, String> influx(Manifests manifests) {
        return manifests.pods().stream()
                .filter(pods -> pods.service().equals("influxdb"))
                .map(pods -> Pods.environment(pods.containers().get(0)))
                .findFirst()
                .orElse(Map.of());
    }

    private static boolean isService(Pods pods) {
        return !pods.isFlink() && pods.images().stream().noneMatch(CommandChecks::isCommand);
    }

    private static boolean readsForeign(Manifests manifests, String image, String name) {
        String repository = image.substring(0, image.lastIndexOf(':'));
        return repository.equals("telegraf")
                ? manifests
                        .get("ConfigMap", repository)
                        .path("data")
                        .path(TELEGRAF)
                        .asText()
                        .contains("${" + name + "}")
                : ForeignImages.read(repository, name);
    }

    private static boolean reads(String job, String name) {
        if (name.startsWith(JOB_KAFKA)) {
            String property =
                    name.substring(JOB_KAFKA.length()).toLowerCase(Locale.ROOT).replace('_', '.');
            return isKafka(property);
        }
        return S3.contains(name) || JobOptions.readsVariable(job, name);
    }
}
