// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.command.Streampane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A compose file as Compose reads it: anchors merged, variables resolved.
 *
 * @param folder what its paths are relative to
 * @param text as it is written
 */
record ComposeFile(Path folder, String text, Variables variables, JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One service.
     *
     * @param raw the same before variables were resolved
     */
    record Service(String name, JsonNode node, JsonNode raw) {

        String image() {
            return node.path("image").asText();
        }

        /** The image's name without its tag, and without a registry where it is ours. */
        String repository() {
            return Programs.repository(image());
        }

        /** Which of our services it is. */
        Optional<dev.streampane.checks.facts.Service> own() {
            return Programs.service(image());
        }

        Map<String, String> environment() {
            return Sources.fields(node.path("environment"));
        }

        /**
         * Flink's settings, line by line as the image's entry point reads them, comments included: apache/flink-docker eb9dd2b, {@code
         * 2.3/scala_2.12-java17-ubuntu/docker-entrypoint.sh}, {@code process_flink_properties}.
         */
        Map<String, String> flinkProperties() {
            Map<String, String> properties = new LinkedHashMap<>();
            environment()
                    .getOrDefault("FLINK_PROPERTIES", "")
                    .lines()
                    .map(line -> line.replaceAll("\\s", ""))
                    .filter(line -> !line.isEmpty())
                    .map(line -> (line + ":").split(":", 2))
                    .forEach(pair -> properties.put(pair[0], pair[1].replaceFirst(":$", "")));
            return properties;
        }

        /** The arguments of {@code streampane}: what the image's entry point, or one that stands for it, is started with. */
        List<String> arguments() {
            List<String> words = new ArrayList<>(texts("entrypoint"));
            words.subList(0, words.indexOf(Streampane.class.getName()) + 1).clear();
            words.addAll(texts("command"));
            return words;
        }

        /** The environment as it is written, with the names of variables. */
        Map<String, String> writtenEnvironment() {
            return Sources.fields(raw.path("environment"));
        }

        List<String> texts(String field) {
            JsonNode value = node.path(field);
            return value.isTextual()
                    ? List.of(value.asText())
                    : Sources.items(value).map(JsonNode::asText).toList();
        }

        boolean runsOnce() {
            return node.path("restart").asText().equals("no");
        }

        /** The file that its image is built from. */
        Optional<String> containerfile() {
            return Optional.of(node.at("/build/dockerfile"))
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText);
        }
    }

    static ComposeFile read(Path folder) {
        return of(folder, Sources.text(folder.resolve("compose.yaml")), Sources.text(folder.resolve(".env")));
    }

    static ComposeFile of(Path folder, String yaml, String env) {
        Variables variables = new Variables(env);
        return new ComposeFile(folder, yaml, variables, parse(variables.resolve(yaml)));
    }

    private static JsonNode parse(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(false)
                .build();
        return JSON.valueToTree(new Load(settings).loadFromString(yaml));
    }

    List<Service> services() {
        JsonNode raw = parse(text).path("services");
        List<Service> services = new ArrayList<>();
        root.path("services")
                .properties()
                .forEach(
                        entry -> services.add(new Service(entry.getKey(), entry.getValue(), raw.path(entry.getKey()))));
        return services;
    }

    Optional<Service> service(String name) {
        return services().stream()
                .filter(service -> service.name().equals(name))
                .findAny();
    }

    /** Files and folders of this project that a service mounts. */
    List<Path> mounts(Service service) {
        return service.texts("volumes").stream()
                .filter(volume -> volume.startsWith("."))
                .map(volume ->
                        folder.resolve(volume.substring(0, volume.indexOf(':'))).normalize())
                .toList();
    }

    /** The text of a file that is mounted, or lies in a folder that is; empty when there is none. */
    String mounted(Service service, String name) {
        return mounts(service).stream()
                .map(path -> path.endsWith(name) ? path : path.resolve(name))
                .filter(Files::isRegularFile)
                .map(Sources::text)
                .findFirst()
                .orElse("");
    }

    /** The texts of the mounted files that may name variables of the environment. */
    List<String> texts(Service service) {
        return Stream.of("telegraf.conf", "import.sh")
                .map(name -> mounted(service, name))
                .toList();
    }

    JsonNode volumes() {
        return root.path("volumes");
    }
}
